#!/usr/bin/env node
/** The `cockpit` command: signals, closed pipes and the exit code. */
import { run } from "./program.ts";
import { isClosedPipe } from "./terminal.ts";

const interrupted = new AbortController();

for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: Error) => {
    if (isClosedPipe(error)) return;
    process.stderr.write(`cockpit: the output cannot be written: ${error.message}\n`);
    process.exit(2);
  });

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // The first asks the command to stop at a safe point, the second does not wait for it.
    if (interrupted.signal.aborted) process.exit(exitCodes[signal]);
    process.exitCode = exitCodes[signal];
    interrupted.abort();
  });

const exitCodes = { SIGINT: 130, SIGTERM: 143 };

try {
  const exitCode = await run(process.argv.slice(2), interrupted.signal);
  process.exitCode = interrupted.signal.aborted ? process.exitCode : exitCode;
} catch (error) {
  process.stderr.write(`cockpit: this is a defect of the cockpit, please report it: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 2;
}
