import type { LanguageId } from "../source.ts";

/** One deployable silo: a folder that calls a model or serves an agent protocol. */
export interface Agent {
  /** Stable and unique in the workspace. */
  id: string;
  /** Relative to the audited target, `/`-separated; `.` for the target itself. */
  root: string;
  language: LanguageId;
  /** Names of agent frameworks, model SDKs and protocols that its code imports. */
  frameworks: string[];
  /** Files to start it by, relative to `root`. */
  entryPoints: string[];
  /** As the repository's CODEOWNERS names them. */
  owners: string[];
  /** Relative to `root`; absent for an agent without one. */
  manifest?: string;
}
