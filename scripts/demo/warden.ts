/**
 * Ends what a program started when the program itself is gone, however it went: it is told process groups on its standard input, and that closes with whoever
 * writes to it. `done` before a group means that it has ended.
 */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../code-server.ts";

const alive = new Set<number>();
for await (const line of createInterface(process.stdin)) {
  const [, done, pid] = /^(done )?(\d+)$/.exec(line) ?? [];
  if (done) alive.delete(Number(pid));
  else if (Number(pid)) alive.add(Number(pid));
}
if (signalAll("SIGTERM")) await sleep(3000);
signalAll("SIGKILL");

function signalAll(signal: NodeJS.Signals): boolean {
  return [...alive].map((pid) => signalGroup(pid, signal)).includes(true);
}
