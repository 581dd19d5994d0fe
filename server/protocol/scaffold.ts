/** What can be scaffolded, as every door names it. */

export const scaffoldLanguages = ["python", "typescript", "javascript", "go"] as const;
export type ScaffoldLanguage = (typeof scaffoldLanguages)[number];

export const partIds = ["policy", "runtime"] as const;
export type PartId = (typeof partIds)[number];

/** What each is good for, in a few words. */
export const partSummaries: Readonly<Record<PartId, string>> = {
  policy: "what the agent may do, decided before it does it: tools, content, personal data, limits",
  runtime: "spans, budgets and the mothball signal for wrapped clients",
};

/** What becomes of a file; `record` keeps what was generated, for the next time. */
export const changeKinds = ["create", "update", "merge", "manifest", "record"] as const;
export type ChangeKind = (typeof changeKinds)[number];
