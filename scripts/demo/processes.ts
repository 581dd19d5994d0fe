/** Processes that end with us, whether we end in order, are killed or crash; what they started ends with them. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import startProgram from "cross-spawn";
import { stopGroup } from "../code-server.ts";

export interface Processes {
  /** In a process group of its own. */
  start(command: string, args: readonly string[], options: SpawnOptions): Started;
  /** Takes over one that was started elsewhere, and detached. */
  adopt(child: ChildProcess): Started;
  /** Takes over one of our own group that ends with its channel to us. */
  connected(child: ChildProcess): Started;
  /** Ends all of them, those that hang by force. */
  stopAll(): Promise<void>;
}

export interface Started {
  child: ChildProcess;
  /** Resolves with its exit code, or `null` where a signal ended it or it could not be started. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
}

export function openProcesses(): Processes {
  const warden = spawn(process.execPath, [join(import.meta.dirname, "warden.ts")], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // It may have been killed; we still stop what we started ourselves.
  warden.stdin.on("error", () => {});
  warden.unref();
  const all = new Set<Started>();

  function keep(child: ChildProcess, stop: (ended: Promise<void>) => Promise<void>): Started {
    const ended = endOf(child).finally(() => all.delete(started));
    const started = { child, ended, stop: () => stop(ended.then(() => {})) };
    all.add(started);
    return started;
  }

  function adopt(child: ChildProcess): Started {
    const started = keep(child, (ended) => stopGroup(child, ended));
    if (child.pid === undefined) return started;
    warden.stdin.write(`${child.pid}\n`);
    void started.ended.then(() => warden.stdin.write(`done ${child.pid}\n`));
    return started;
  }

  return {
    adopt,
    connected: (child) => keep(child, (ended) => disconnect(child, ended)),
    start: (command, args, options) => adopt(startProgram(command, [...args], { ...options, detached: process.platform !== "win32" })),
    async stopAll() {
      await Promise.all([...all].map((it) => it.stop()));
      warden.stdin.end();
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return once(child, "exit").then(
    ([code]) => (typeof code === "number" ? code : null),
    () => null,
  );
}

async function disconnect(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  child.kill("SIGKILL");
}
