/**
 * Where a file's cockpit runtime belongs, and what the file imports it as: found from how the code around it is laid out, so that the import resolves for whoever runs, bundles
 * or type-checks it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { languageOf } from "../engine/source.ts";
import type { RuntimePlace } from "../engine/workspace.ts";
import { repositoryRoot } from "./config.ts";
import { type CompilerOptions, readCompilerOptions } from "./tsconfig.ts";

/** Of a path relative to the root, whose file imports `modules`; `undefined` where no import would resolve. */
export type RuntimePlaces = (path: string, modules: readonly string[]) => RuntimePlace | undefined;

/** `root` is absolute. Nothing above its repository is looked at. */
export async function runtimePlaces(root: string): Promise<RuntimePlaces> {
  const tree = createTree((await repositoryRoot(root)) ?? root);
  return (path, modules) => {
    const language = languageOf(path);
    const file = join(root, path);
    const place =
      language === "python" ? pythonPlace(tree, file, modules) : language === "go" ? goPlace(tree, file) : scriptPlace(tree, file, modules);
    return place && { ...place, path: relative(root, place.path).split(sep).join("/") };
  };
}

/** The part of the file system that counts; what it said once is remembered. */
interface Tree {
  exists(path: string): boolean;
  /** Folders from `folder` up to the top. */
  upFrom(folder: string): string[];
}

function createTree(top: string): Tree {
  const known = new Map<string, boolean>();
  return {
    exists(path) {
      const answer = known.get(path) ?? existsSync(path);
      known.set(path, answer);
      return answer;
    },
    upFrom(folder) {
      const folders = [folder];
      for (let at = folder; at !== top && dirname(at) !== at; ) {
        at = dirname(at);
        folders.push(at);
      }
      return folders;
    },
  };
}

/** Inside of the package that the file is part of; for scripts, where their own modules are imported from. */
function pythonPlace(tree: Tree, file: string, modules: readonly string[]): RuntimePlace {
  const folder = dirname(file);
  const absolute = modules.filter((it) => !it.startsWith("."));
  const importRoot = tree.upFrom(folder).find((it) => absolute.some((module) => resolves(tree, it, module)));
  const folders = tree.upFrom(folder);
  const depth = folders.findIndex((it) => !tree.exists(join(it, "__init__.py")));
  const packages = folders.slice(0, depth);
  const top = packages.at(-1);
  const unmarked = top === undefined ? unmarkedPackage(tree, importRoot, folder, modules) : undefined;
  if (unmarked) return unmarked;
  // Scripts find what lies beside them, or where their own imports do, packages or not.
  if (top === undefined || packages.some((it) => it === importRoot))
    return { path: join(importRoot ?? folder, "cockpit_runtime.py"), specifier: "cockpit_runtime" };
  const path = join(top, "cockpit_runtime.py");
  const isRelative = importRoot === undefined && modules.some((it) => it.startsWith("."));
  if (isRelative) return { path, specifier: `${".".repeat(depth)}cockpit_runtime` };
  const names = relative(importRoot ?? dirname(top), top).split(sep);
  return { path, specifier: [...names, "cockpit_runtime"].join(".") };
}

/** Whether a module, or the one that a name is taken from, is code under `root`. */
function resolves(tree: Tree, root: string, module: string): boolean {
  const names = module.split(".");
  // Most modules are somebody else's: not even their first name is here.
  const first = `${root}${sep}${names[0]}`;
  if (!tree.exists(first) && !tree.exists(`${first}.py`)) return false;
  return [names, names.slice(0, -1)].some(
    (it) => it.length > 0 && (tree.exists(`${join(root, ...it)}.py`) || tree.exists(join(root, ...it, "__init__.py"))),
  );
}

/** Without `__init__.py` files may be a package all the same: by what they import. */
function unmarkedPackage(tree: Tree, importRoot: string | undefined, folder: string, modules: readonly string[]): RuntimePlace | undefined {
  if (modules.some((it) => it.startsWith("."))) return { path: join(folder, "cockpit_runtime.py"), specifier: ".cockpit_runtime" };
  if (importRoot === undefined) return undefined;
  const [top = ""] = relative(importRoot, folder).split(sep);
  const isImported = top !== "" && modules.some((it) => it.startsWith(`${top}.`) && resolves(tree, importRoot, it));
  return isImported ? { path: join(importRoot, top, "cockpit_runtime.py"), specifier: `${top}.cockpit_runtime` } : undefined;
}

/** A runtime that is there already, else the source folder of the nearest package. */
function scriptPlace(tree: Tree, file: string, modules: readonly string[]): RuntimePlace {
  const folder = dirname(file);
  const isJavaScript = /^\.[cm]?jsx?$/.test(extname(file));
  const name = isJavaScript ? "cockpit-runtime.mjs" : "cockpit-runtime.ts";
  const folders = tree.upFrom(folder);
  const config = folders.map((it) => join(it, "tsconfig.json")).find((it) => tree.exists(it));
  const options = config === undefined ? undefined : { rootDir: dirname(config), ...readCompilerOptions(config) };
  const top = folders.findIndex((it) => it === options?.rootDir || tree.exists(join(it, "package.json")));
  const inside = top < 0 ? [folder] : folders.slice(0, top + 1);
  const existing = inside.find((it) => tree.exists(join(it, name)));
  const source = inside.findLast((it) => basename(it) === "src") ?? inside.at(-1) ?? folder;
  const path = join(existing ?? source, name);
  const specifier = relative(folder, path).split(sep).join("/");
  const stem = (specifier.startsWith(".") ? specifier : `./${specifier}`).replace(/\.ts$/, "");
  return { path, specifier: isJavaScript ? stem : stem + moduleExtension(options, modules) };
}

/** How the file's own imports name modules; where it has none, what the compiler or Node asks for. */
function moduleExtension(options: CompilerOptions | undefined, modules: readonly string[]): string {
  const own = modules.find((it) => it.startsWith(".") && !/\.(?:json|css|svg|png|wasm|node)$/.test(it));
  if (own !== undefined)
    return (
      /\.[cm]?[jt]sx?$/
        .exec(own)?.[0]
        .replace(/x$/, "")
        .replace(/[cm](?=[jt]s)/, "") ?? ""
    );
  if (options === undefined) return ".ts";
  const { module, moduleResolution, allowImportingTsExtensions, rewriteRelativeImportExtensions } = options;
  if (allowImportingTsExtensions === true || rewriteRelativeImportExtensions === true) return ".ts";
  return /^node(?:16|18|20|next)$/i.test(String(moduleResolution ?? module)) ? ".js" : "";
}

/** A package of the module's own that nobody outside can import. */
function goPlace(tree: Tree, file: string): RuntimePlace | undefined {
  const home = tree.upFrom(dirname(file)).find((it) => tree.exists(join(it, "go.mod")));
  const module = home && moduleOf(join(home, "go.mod"));
  if (!module) return undefined;
  return { path: join(home, "internal/cockpit/cockpit_runtime.go"), specifier: `${module}/internal/cockpit`, taken: takenNames(file) };
}

/** Names of those that a fix may import by which the other files of the package declare: in Go both cannot be. */
function takenNames(file: string): string[] {
  const folder = dirname(file);
  const others = existsSync(folder) ? readdirSync(folder).filter((it) => it.endsWith(".go") && it !== basename(file)) : [];
  return [...new Set(others.flatMap((it) => declaredIn(join(folder, it))))];
}

function declaredIn(path: string): string[] {
  try {
    return [...readFileSync(path, "utf8").matchAll(declared)].map(([, name]) => name ?? "");
  } catch {
    // What cannot be read is in the audit's report.
    return [];
  }
}

/** Or what looks like it: a name too many does no harm. */
const declared = /^(?:(?:func|type|var|const)[ \t]+|\t)(cockpit|option)\b(?!\.)/gm;

function moduleOf(goMod: string): string | undefined {
  const [, bare, quoted] = /^\s*module\s+(?:([^\s"`(]+)|["`]([^"`]+)["`])/m.exec(readFileSync(goMod, "utf8")) ?? [];
  return bare ?? quoted;
}
