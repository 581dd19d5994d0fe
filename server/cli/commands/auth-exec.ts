/** `cockpit auth exec`. */
import { credentialsFor } from "../../auth/credentials.ts";
import { exec } from "../../auth/exec.ts";
import { AuthError } from "../../auth/identity.ts";
import { type Flags, UsageError } from "../flags.ts";
import { takeSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, { environment, signal, note }: Terminal): Promise<number> {
  const cockpit = [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
  try {
    return await exec(flags.list("command"), {
      folder: process.cwd(),
      env: environment,
      cockpit,
      credentialsFor,
      takeSignals,
      signal,
      note,
    });
  } catch (error) {
    throw error instanceof AuthError ? new UsageError(error.message) : error;
  }
}
