/** `cockpit auth exec`. */
import { credentialsFor } from "../../auth/credentials.ts";
import { exec } from "../../auth/exec.ts";
import type { Finished, Outcome } from "../../auth/failover/watch.ts";
import { readLogins } from "../../auth/logins.ts";
import { loadConfig } from "../../host/config.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import type { Flags } from "../flags.ts";
import { takeSignals } from "../signals.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, { environment, signal, note }: Terminal): Promise<number> {
  const folder = process.cwd();
  const { input } = await loadConfig(folder);
  const listed = [...(input.publicPackages ?? []), ...flags.list("public")];
  const finished = await refusalAsUsage(async () =>
    exec(flags.list("command"), {
      folder,
      env: environment,
      cockpit: [process.execPath, ...process.execArgv, process.argv[1] ?? ""],
      named: (await readLogins()).flatMap((it) => it.indexes),
      credentialsFor,
      listed,
      takeSignals,
      signal,
      note: (text) => note(printable(text)),
    }),
  );
  const file = flags.text("report");
  if (file !== undefined) await writeReport(file, finished, note);
  return finished.exitCode;
}

/** What was decided and why, and how the indexes were; no credential. */
async function writeReport(file: string, { exitCode, outcome, retried }: Finished, note: Terminal["note"]) {
  const report = { version: 1, exitCode, retried, ...(outcome && reportOf(outcome)) };
  try {
    await replaceFile(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    note(`cockpit: ${file} cannot be written: ${messageOf(error)}`);
  }
}

function reportOf({ decision, probes, seenAt, decidedAt }: Outcome) {
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
  return { decision: { ...decision, decidedAfterMs }, indexes };
}
