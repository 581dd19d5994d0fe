/**
 * What files of a workspace say about one another. Each file is summarised alone (in any order, on any thread, cacheable by content);
 * the summaries are then linked, and only files that the link concerns are analysed again with what it says.
 */
import { isTest } from "./discovery/signals.ts";
import type { ExportFact, Facts } from "./facts.ts";
import { pathStem } from "./ids.ts";
import { importedModules } from "./imported-modules.ts";
import { mayConstructClient } from "./model-clients.ts";
import { isRelative, passedOn, type Reexport, relativeImports, resolveModule } from "./modules.ts";
import type { LanguageId, SourceFile } from "./source.ts";
import {
  createSurfaces,
  isPackageSurface,
  literalSurfaceIds,
  mayHoldMessage,
  mayImportSurfaces,
  type Surfaces,
  surfaceExports,
} from "./surfaces.ts";

export interface WorkspaceFacts {
  /** Exported names, by relative module specifier as this file writes it, of components whose props require `surfaceId`. */
  surfaceComponents: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every surface id written literally in the workspace, and the stem of this file's ids when another file has the same. */
  surfaceIds: ReadonlySet<string>;
  /** Another file of the same agent turns tracing of model clients on for the whole process. */
  instrumented: boolean;
  /** Where the file's cockpit runtime is, or would be; absent when no place is known from which the file could import it. */
  runtime?: RuntimePlace;
}

export interface RuntimePlace {
  /** From the same folder as the file's own path. */
  path: string;
  /** What the file imports it as. */
  specifier: string;
  /** Names that the file cannot give to imports, because other files of its package have them (Go). */
  taken?: readonly string[];
}

/** What one file tells others; small and plain, it crosses threads and is cached. */
export interface FileSummary {
  /** Surface ids written literally in the file. */
  surfaceIds: string[];
  /** Relative module specifiers that the file imports from, where it may use a component of theirs. */
  imports: string[];
  /** Exported components whose props require `surfaceId`. */
  surfaceComponents: string[];
  reexports: Reexport[];
  /** The file may be offered a new surface id, which the workspace must not have. */
  needsIds: boolean;
  /** Only of a file that may construct model clients, whose calls another file may trace: the modules that it imports. */
  clientModules?: string[];
}

export const aloneInTheWorld: WorkspaceFacts = { surfaceComponents: new Map(), surfaceIds: new Set(), instrumented: false };

const relative = /\bfrom\s*["']\./;

/** Whether a file has anything to tell; a byte test like a rule's `mayMatch`. */
export function maySummarize(text: string, language: LanguageId): boolean {
  return mayConstructClient(text, language) || mayTellOfSurfaces(text, language);
}

function mayTellOfSurfaces(text: string, language: LanguageId): boolean {
  if (language === "go") return false;
  if (language === "python") return (text.includes("surfaceId") && /["']surfaceId["']/.test(text)) || mayHoldMessage(text, language);
  if (text.includes("surfaceId") || mayImportSurfaces(text) || mayHoldMessage(text, language)) return true;
  return relative.test(text) && (/\bexport\s*[*{]/.test(text) || mayUseComponents(text, language));
}

const mayUseComponents = (text: string, language: LanguageId) =>
  language !== "typescript" && relative.test(text) && /<(?:[A-Z]|[\w$]+\.)/.test(text);

/** Whether a file's summary needs its syntax: it has something of its own to tell, not only to pass on. */
export const summaryNeedsSyntax = ({ text, language }: SourceFile): boolean =>
  language !== "python" && language !== "go" && (text.includes("surfaceId") || mayImportSurfaces(text));

/** Asks for `facts` only where `summaryNeedsSyntax`; what a file passes on is read from its text. */
export function summarize(file: SourceFile, facts: () => Facts): FileSummary {
  const { text, language } = file;
  const summary: FileSummary = {
    surfaceIds: [...new Set(literalSurfaceIds(text))],
    imports: [],
    surfaceComponents: [],
    reexports: [],
    needsIds: mayImportSurfaces(text) || mayHoldMessage(text, language),
    ...(mayConstructClient(text, language) ? { clientModules: [...importedModules(text, language)] } : {}),
  };
  if (language === "python" || language === "go") return summary;
  if (mayUseComponents(text, language)) summary.imports = relativeImports(text);
  if (summaryNeedsSyntax(file)) readExports(text, facts(), summary);
  else summary.reexports = passedOn(text);
  return summary;
}

function readExports(text: string, facts: Facts, summary: FileSummary) {
  const surfaces = createSurfaces(text, facts, isPackageSurface);
  for (const it of facts.declarations.exports) {
    if (it.module === undefined) readLocalExport(it, text, facts, surfaces, summary);
    else if (isRelative(it.module)) summary.reexports.push({ from: it.module, name: it.local, as: it.name });
    else summary.surfaceComponents.push(...packageExports(it, it.module));
  }
}

function readLocalExport({ name, local }: ExportFact, text: string, facts: Facts, surfaces: Surfaces, summary: FileSummary) {
  if (!/^[A-Z]|^default$/.test(name)) return;
  const declared = facts.declarations.components.find((it) => it.name === local);
  const { state } = local === "default" && declared ? surfaces.props(declared.props) : surfaces.component(local, text.length);
  if (state === "required") summary.surfaceComponents.push(name);
  // A component of another file by another name, or wrapped: `export const Panel = memo(Inner)`.
  const origin = facts.resolve(declared?.props.kind === "propsOf" ? declared.props.component : local, text.length);
  if (state !== "required" && origin && isRelative(origin.module))
    summary.reexports.push({ from: origin.module, name: origin.name, as: name });
}

/** `export { A2UIRenderer as Renderer } from "@a2ui/react"`, `export * from`, `export * as A2UI from`. */
function packageExports({ name, local }: ExportFact, module: string): string[] {
  if (local !== "*") return surfaceExports(module).includes(local) ? [name] : [];
  return surfaceExports(module).map((it) => (name === "*" ? it : `${name}.${it}`));
}

/** What a host knows of a file that may construct model clients. */
export interface KnownOfPaths {
  /** Whether its agent turns tracing on. */
  isInstrumented(path: string): boolean;
  runtimePlace(path: string, modules: readonly string[]): RuntimePlace | undefined;
}

const knowingNothing: KnownOfPaths = { isInstrumented: () => false, runtimePlace: () => undefined };

/**
 * Links summaries by path into what each file should know. A path that is absent knows nothing more than its own text.
 */
export function link(summaries: ReadonlyMap<string, FileSummary>, known: KnownOfPaths = knowingNothing): Map<string, WorkspaceFacts> {
  const surfaceIds = new Set([...summaries.values()].flatMap((it) => it.surfaceIds));
  const exported = linkExports(summaries);
  const linked = new Map<string, WorkspaceFacts>();
  const stems = new Set<string>();
  for (const [path, summary] of [...summaries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const surfaceComponents = usedComponents(path, summary, exported, summaries);
    const tracing = tracingOf(path, summary, known);
    if (tracing.instrumented || tracing.runtime) linked.set(path, { ...aloneInTheWorld, ...tracing });
    if (surfaceComponents.size === 0 && !summary.needsIds) continue;
    // The first file with a stem keeps it as it is; the others' ids tell them apart.
    const stem = pathStem(path);
    const ids = stems.has(stem) ? new Set([...surfaceIds, stem]) : surfaceIds;
    stems.add(stem);
    if (surfaceComponents.size > 0 || ids.size > 0) linked.set(path, { surfaceComponents, surfaceIds: ids, ...tracing });
  }
  return linked;
}

function tracingOf(path: string, { clientModules }: FileSummary, known: KnownOfPaths): Pick<WorkspaceFacts, "instrumented" | "runtime"> {
  if (!clientModules || isTest(path)) return { instrumented: false };
  const runtime = known.runtimePlace(path, clientModules);
  return { instrumented: known.isInstrumented(path), ...(runtime ? { runtime } : {}) };
}

type Exported = ReadonlyMap<string, ReadonlySet<string>>;

function usedComponents(path: string, { imports }: FileSummary, exported: Exported, summaries: ReadonlyMap<string, FileSummary>) {
  const used = new Map<string, ReadonlySet<string>>();
  if (exported.size === 0) return used;
  for (const specifier of imports) {
    const target = resolveModule(path, specifier, summaries);
    const names = target === undefined ? undefined : exported.get(target);
    if (names) used.set(specifier, names);
  }
  return used;
}

/** Surface components that each file exports, passed on ones included. */
function linkExports(summaries: ReadonlyMap<string, FileSummary>): Exported {
  const exported = new Map<string, Set<string>>();
  for (const [path, { surfaceComponents }] of summaries) if (surfaceComponents.length > 0) exported.set(path, new Set(surfaceComponents));
  if (exported.size === 0) return exported;
  const edges = [...summaries].flatMap(([path, { reexports }]) =>
    reexports.map((it) => ({ ...it, path, target: resolveModule(path, it.from, summaries) })),
  );
  // Modules may pass names on in a circle: go round until nothing new comes.
  for (let grown = true; grown; ) {
    grown = false;
    for (const { path, target, name, as } of edges) {
      const names = exported.get(path) ?? new Set();
      const before = names.size;
      // A copy: a module may pass on its own names.
      for (const it of [...(exported.get(target ?? "") ?? [])]) for (const passed of passedAs(it, name, as)) names.add(passed);
      if (names.size === before) continue;
      exported.set(path, names);
      grown = true;
    }
  }
  return exported;
}

/** Names in a dotted export, at most: namespaces may hold one another in a circle. */
const deepest = 4;

/** What an exported name is called by a module that passes on `name` as `as`. */
function passedAs(exportedName: string, name: string, as: string): string[] {
  if (name === "*" && as !== "*") return exportedName.split(".").length < deepest ? [`${as}.${exportedName}`] : [];
  if (name === "*") return exportedName === "default" ? [] : [exportedName];
  if (exportedName === name) return [as];
  return exportedName.startsWith(`${name}.`) ? [as + exportedName.slice(name.length)] : [];
}
