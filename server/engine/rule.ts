/** What a rule is: data about it, a cheap test on raw text, and a pure function from facts to findings. */

import type { EngineConfig } from "./config.ts";
import type { Facts } from "./facts.ts";
import type { Finding, FixSafety, Severity } from "./finding.ts";
import type { LanguageId, SourceFile } from "./source.ts";
import type { WorkspaceFacts } from "./workspace.ts";

export interface RuleMeta {
  /** Names the defect: `missing-surface-id`, or the id that linters share, `E701`. Also the folder's name. */
  id: string;
  title: string;
  severity: Severity;
  languages: readonly LanguageId[];
  /** The safest fix the rule can offer, `none` when it only reports. */
  fix: FixSafety | "none";
  /** It asks what other files of the workspace say; without such a rule no file is summarised. */
  linked?: true;
}

export interface RuleContext {
  file: SourceFile;
  /** Parsed on first use; a rule that needs no syntax never pays for it. */
  facts: Facts;
  config: EngineConfig;
  /** What other files of the workspace say about this one; empty when a file is looked at alone. */
  workspace: WorkspaceFacts;
}

/** A finding before the engine adds the rule's id and the configured severity. */
export type RuleFinding = Omit<Finding, "rule" | "severity">;

export interface Rule {
  meta: RuleMeta;
  /**
   * A test on raw text that may say yes too often but never no wrongly. `text` may be the file's bytes decoded as Latin-1, so test for
   * ASCII only and use no offsets.
   */
  mayMatch(text: string, language: LanguageId, config: EngineConfig, workspace: WorkspaceFacts): boolean;
  detect(context: RuleContext): RuleFinding[];
}
