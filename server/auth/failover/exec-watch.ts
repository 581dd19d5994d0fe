/** The watch as `cockpit auth exec` starts it: asked for its decision once, after the command has failed. */
import type { Credential, PackageIndex } from "../package-index.ts";
import type { Decision } from "./decide.ts";
import { type Environment, publicIndex } from "./names.ts";
import { lineOf, type Outcome, watch } from "./watch.ts";

export interface ExecWatchOptions {
  /** Where the command was started, before any `--directory` of its own. */
  folder: string;
  env: Environment;
  listed: readonly string[];
  /** Says in one line what was decided. */
  say(line: string): void;
  /** Is given the decision too, for `--report`. */
  report?(outcome: Outcome): void | Promise<void>;
}

export interface Watched {
  indexes: readonly PackageIndex[];
  command: readonly string[];
  credentials: ReadonlyMap<string, Credential>;
}

export type Retry = { retryPublic: false } | { retryPublic: true; publicUrl: string; names: Decision["names"] };

export const execWatch =
  ({ folder, env, listed, say, report }: ExecWatchOptions) =>
  ({ indexes, command, credentials }: Watched) => {
    const watching = watch(indexes, command, { folder, env, listed, credentials });
    return {
      async decide(): Promise<Retry> {
        const outcome = await watching.outcome;
        const { decision, requested } = outcome;
        if (decision.action !== "use") say(lineOf(decision));
        await report?.(outcome);
        if (decision.action !== "retry-public" || requested.format === "go") return { retryPublic: false };
        return { retryPublic: true, publicUrl: publicIndex(requested.format, env), names: decision.names };
      },
      close: watching.stop,
    };
  };
