/** What every kind of manifest has in common. */
import type { Edit } from "../../engine/finding.ts";
import { ScaffoldError } from "../scaffold-error.ts";

/** A package by its name, with the versions that will do as the ecosystem writes them: `>=1.30`, `^2.12.0`, `v1.47.0`. */
export interface Dependency {
  name: string;
  version: string;
}

/** A manifest that cannot be edited: what is wrong with it, where, and what to do. */
export class ManifestError extends ScaffoldError {}

/** Edits where several for one place are one, in their order. */
export function together(edits: readonly Edit[]): Edit[] {
  const byPlace = [...Map.groupBy(edits, (it) => it.start)].sort(([a], [b]) => a - b);
  return byPlace.map(([at, all]) => ({ start: at, end: at, text: all.map((it) => it.text).join("") }));
}
