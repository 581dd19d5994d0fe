/** What the engine is given: one file's text and what language it is in. Paths are `/`-separated and relative to the workspace. */

export const languageIds = ["typescript", "tsx", "javascript", "python", "go"] as const;
export type LanguageId = (typeof languageIds)[number];

export interface SourceFile {
  path: string;
  language: LanguageId;
  text: string;
}

/** A half-open range of UTF-16 offsets into one file's text. */
export interface Span {
  start: number;
  end: number;
}

const languageByExtension: Record<string, LanguageId> = {
  ".ts": "typescript",
  ".mts": "typescript",
  ".cts": "typescript",
  ".tsx": "tsx",
  // The JavaScript grammar reads JSX too.
  ".js": "javascript",
  ".mjs": "javascript",
  ".cjs": "javascript",
  ".jsx": "javascript",
  ".py": "python",
  ".pyi": "python",
  ".go": "go",
};

/** The language of a path by its extension, or `undefined` for a file that no rule reads. */
export function languageOf(path: string): LanguageId | undefined {
  return languageByExtension[path.slice(path.lastIndexOf("."))];
}
