/** What can be scaffolded, by name: each part is files, what they need installed, and what is left to do. */
import type { Ecosystem } from "../engine/imported-modules.ts";
import type { PartId, ScaffoldLanguage } from "../protocol/scaffold.ts";
import { dependencies } from "./dependencies.ts";
import type { GeneratedFile } from "./generated.ts";
import type { Dependency } from "./manifests/manifest.ts";
import type { Place } from "./place.ts";
import { runtimeFiles } from "./runtimes.ts";

export interface Agency extends Place {
  /** The agent's id. */
  id: string;
  /** Absolute path of its folder. */
  home: string;
  language: ScaffoldLanguage;
}

export interface Part {
  id: PartId;
  files(agent: Agency): GeneratedFile[];
  dependencies: Readonly<Record<Ecosystem, readonly Dependency[]>>;
  /** What is left to do when it was written, for the agent in this folder. */
  next(home: string): string[];
}

const runtime: Part = {
  id: "runtime",
  files: ({ home, runtime, id }) => runtimeFiles(home, runtime, id),
  dependencies,
  next: (home) => [`wrap its clients: cockpit fix -t ${home} --rule untracked-client --apply`],
};

export const parts: readonly Part[] = [runtime];
