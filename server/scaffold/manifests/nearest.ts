/** The manifest that counts for a folder, and what has to be added to it. */
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { applyEdits, type Edit } from "../../engine/finding.ts";
import type { Ecosystem } from "../../engine/imported-modules.ts";
import { parseManifest } from "../../host/manifests.ts";
import type { FileChange } from "../file-change.ts";
import { textAt } from "../text-at.ts";
import { addToGoMod } from "./go-mod.ts";
import type { Dependency } from "./manifest.ts";
import { addToPackageJson } from "./package-json.ts";
import { addToPyproject } from "./pyproject.ts";
import { addToRequirements } from "./requirements.ts";

/** The best first. */
const manifests: Record<Ecosystem, readonly string[]> = {
  python: ["pyproject.toml", "requirements.txt"],
  npm: ["package.json"],
  go: ["go.mod"],
};

export interface Need {
  ecosystem: Ecosystem;
  dependencies: readonly Dependency[];
}

/**
 * Adds to the nearest manifest that lists what a program needs, not above `top`. `null` where there is no such manifest, `undefined` when it lists everything. Throws a ManifestError when
 * it is broken.
 */
export async function planDependencies(top: string, folder: string, need: Need): Promise<FileChange | null | undefined> {
  for (const home of upFrom(top, folder))
    for (const name of manifests[need.ecosystem]) {
      const path = join(home, name);
      const before = await textAt(path);
      const edits = before === undefined ? undefined : editsFor(top, path, before, need.dependencies);
      if (before === undefined || edits === undefined) continue;
      return edits.length === 0 ? undefined : { path, before, after: applyEdits(before, edits) };
    }
  return null;
}

/** `undefined` for a manifest that lists no dependencies. */
function editsFor(top: string, path: string, text: string, dependencies: readonly Dependency[]): Edit[] | undefined {
  const shown = relative(top, path).split(sep).join("/");
  switch (basename(path)) {
    case "pyproject.toml":
      return addToPyproject(shown, text, dependencies);
    case "requirements.txt":
      return addToRequirements(shown, text, dependencies, (it) => readFileSync(join(top, it), "utf8"));
    case "package.json":
      return addToPackageJson(shown, text, dependencies);
    default:
      return addToGoMod(shown, text, dependencies);
  }
}

/** The nearest folder with a manifest, not above `top`. */
export async function folderWithManifest(top: string, folder: string, ecosystem: Ecosystem): Promise<string | undefined> {
  for (const home of upFrom(top, folder))
    for (const name of manifests[ecosystem]) if ((await textAt(join(home, name))) !== undefined) return home;
  return undefined;
}

/** What a folder's manifest calls it, else the folder's own name. */
export async function nameOf(home: string, ecosystem: Ecosystem): Promise<string> {
  for (const name of manifests[ecosystem]) {
    const text = await textAt(join(home, name));
    const named = text === undefined ? undefined : parseManifest(name, text).name;
    if (named !== undefined) return named;
  }
  return basename(home);
}

/** `folder` and those above it, up to `top`. */
function upFrom(top: string, folder: string): string[] {
  return folder === top || dirname(folder) === folder ? [folder] : [folder, ...upFrom(top, dirname(folder))];
}
