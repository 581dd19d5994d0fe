/**
 * What files of a workspace say about one another. Each file is summarised alone (in any order, on any thread, cacheable by content);
 * the summaries are then linked, and only files that the link concerns are analysed again with what it says.
 */
import type { Facts } from "./facts.ts";
import type { LanguageId, SourceFile } from "./source.ts";

export interface WorkspaceFacts {
  /** Exported names, by relative module specifier as this file writes it, of components whose props require `surfaceId`. */
  surfaceComponents: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every surface id written literally in other files of the workspace. */
  surfaceIds: ReadonlySet<string>;
}

/** What one file tells others; small and plain, it crosses threads and is cached. */
export interface FileSummary {
  /** Surface ids written literally in the file. */
  surfaceIds: string[];
  /** Relative module specifiers that the file imports or re-exports from. */
  imports: string[];
  /** Exported components whose props require `surfaceId`. */
  surfaceComponents: string[];
  /** Names passed on from other modules: `export { a as b } from "./m"`; `*` for `export * from`. */
  reexports: { from: string; name: string; as: string }[];
}

export const aloneInTheWorld: WorkspaceFacts = { surfaceComponents: new Map(), surfaceIds: new Set() };

/** Whether a file has anything to tell; a byte test like a rule's `mayMatch`. */
export function maySummarize(_text: string, _language: LanguageId): boolean {
  return false;
}

export function summarize(_file: SourceFile, _facts: Facts): FileSummary {
  return { surfaceIds: [], imports: [], surfaceComponents: [], reexports: [] };
}

/** Links summaries by path into what each file should know. A path that is absent knows nothing more than its own text. */
export function link(_summaries: ReadonlyMap<string, FileSummary>): Map<string, WorkspaceFacts> {
  return new Map();
}
