/** What can be scaffolded, as every door names it. */

export const scaffoldLanguages = ["python", "typescript", "javascript", "go"] as const;
export type ScaffoldLanguage = (typeof scaffoldLanguages)[number];

export const partIds = ["runtime"] as const;
export type PartId = (typeof partIds)[number];

/** What becomes of a file; `record` keeps what was generated, for the next time. */
export const changeKinds = ["create", "update", "merge", "manifest", "record"] as const;
export type ChangeKind = (typeof changeKinds)[number];
