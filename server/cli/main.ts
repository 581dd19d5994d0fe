#!/usr/bin/env node
/** The `cockpit` command: signals, closed pipes and the exit code. */
import module from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../host/places.ts";
import { listenForSignals } from "./signals.ts";
import { isClosedPipe } from "./terminal.ts";

for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: Error) => {
    if (isClosedPipe(error)) return;
    process.stderr.write(`cockpit: the output cannot be written: ${error.message}\n`);
    process.exit(2);
  });

const signal = listenForSignals();

// Compiling is most of a short command's time. Older versions of Node.js have no such cache, and are told so by the program.
module.enableCompileCache?.(join(cacheFolder(), "compiled"));

try {
  const { run } = await import("./program.ts");
  const exitCode = await run(process.argv.slice(2), signal);
  process.exitCode = signal.aborted ? process.exitCode : exitCode;
  // A connection that nobody answers on would keep the process; without one this timer does not.
  setTimeout(() => process.exit(), 1000).unref();
} catch (error) {
  process.stderr.write(`cockpit: this is a defect of the cockpit, please report it: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 2;
}
