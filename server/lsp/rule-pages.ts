/** The page of a rule: where it stands on disk, and the part of it that a person reads on a finding. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pages } from "../engine/rules/pages.ts";

/** Shipped beside the bundle; from source, at the root. */
const folder = [join(import.meta.dirname, "..", "docs", "rules"), join(import.meta.dirname, "..", "..", "docs", "rules")].find((it) =>
  existsSync(it),
);

/** A `file:` URI, so that it opens without a network; `undefined` when the pages are not there. */
export const rulePage = (rule: string): string | undefined => addresses.get(rule);

const addresses = new Map(
  folder === undefined ? [] : Object.keys(pages).map((rule) => [rule, pathToFileURL(join(folder, `${rule}.md`)).href]),
);

/** What the rule finds and why that matters, in Markdown: the page's beginning and its section `Why`. */
export function explanation(rule: string): string {
  const [intro = "", ...sections] = (pages[rule] ?? "").replace(/^# [^\n]*\n+/, "").split(/^## /m);
  const why = sections.find((it) => it.startsWith("Why"))?.replace(/^[^\n]*\n+/, "") ?? "";
  return [intro.trim(), why.trim()].filter(Boolean).join("\n\n");
}
