/** `cockpit auth exec`. */
import { credentialsFor } from "../../auth/credentials.ts";
import { exec, type StartWatch } from "../../auth/exec.ts";
import type { ExecWatchOptions } from "../../auth/failover/exec-watch.ts";
import type { Outcome } from "../../auth/failover/watch.ts";
import { readLogins } from "../../auth/logins.ts";
import { loadConfig } from "../../host/config.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import { type Flags, UsageError } from "../flags.ts";
import { takeSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, { environment, signal, note }: Terminal): Promise<number> {
  const folder = process.cwd();
  const { input } = await loadConfig(folder);
  const listed = [...(input.publicPackages ?? []), ...flags.list("public")];
  const file = flags.text("report");
  const say = (line: string) => note(`cockpit: ${line}`);
  const report = file === undefined ? {} : { report: (outcome: Outcome) => writeReport(file, outcome) };
  return refusalAsUsage(async () =>
    exec(flags.list("command"), {
      folder,
      env: environment,
      cockpit: [process.execPath, ...process.execArgv, process.argv[1] ?? ""],
      named: (await readLogins()).flatMap((it) => it.indexes),
      credentialsFor,
      watch: whileItRuns({ folder, env: environment, listed, say, ...report }),
      takeSignals,
      signal,
      note,
    }),
  );
}

/** Its code is loaded when the command has started already. */
const whileItRuns =
  (options: ExecWatchOptions): StartWatch =>
  (watched) => {
    const started = import("../../auth/failover/exec-watch.ts").then(({ execWatch }) => execWatch(options)(watched));
    // Whoever asks for the decision hears of it.
    started.catch(() => {});
    return {
      decide: async () => (await started).decide(),
      close: () => void started.then(({ close }) => close()).catch(() => {}),
    };
  };

/** What was decided and why, and how the indexes were; no credential. */
async function writeReport(file: string, { decision, probes, seenAt, decidedAt }: Outcome) {
  const indexes = probes.map(({ index: { tool, name, url }, verdict, status, detail, next }) => ({
    tool,
    name,
    url,
    verdict,
    status,
    detail,
    next,
  }));
  const decidedAfterMs = seenAt === undefined || decidedAt === undefined ? null : decidedAt - seenAt;
  try {
    await replaceFile(file, `${JSON.stringify({ version: 1, decision: { ...decision, decidedAfterMs }, indexes }, null, 2)}\n`, {
      mode: 0o600,
    });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
