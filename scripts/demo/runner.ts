/** One agent at work: asked one request after another, started again when it ended. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "./agents.ts";
import { inbox } from "./places.ts";
import type { Processes, Started } from "./processes.ts";

export type Answer = { ok: true; text: string } | { ok: false; why: string };

export interface Runner {
  ask(request: string): Promise<Answer>;
}

export function createRunner(agent: Agent, environment: Record<string, string>, processes: Processes): Runner {
  const start = () => startAgent(agent, environment, processes);
  return agent.kind === "job" ? { ask: async (request) => job(start(), await readFile(join(inbox, request), "utf8")) } : service(start);
}

/** A process, the lines that it writes, and the end of what it said on its error output since that was asked last. */
interface Running extends Started {
  lines: AsyncIterator<string>;
  errors(): Promise<string>;
}

function startAgent({ command, folder }: Agent, environment: Record<string, string>, processes: Processes): Running {
  const [program = "", ...args] = command;
  const env = { ...process.env, ...environment };
  const started = processes.start(program, args, { cwd: folder, env, stdio: "pipe" });
  const { stdin, stdout, stderr } = started.child;
  // Whoever does not read to the end has ended, and that is seen.
  stdin?.on("error", () => {});
  return { ...started, lines: linesOf(stdout), errors: lastOf(stderr) };
}

const linesOf = (stream: Readable | null) => (stream ? createInterface(stream)[Symbol.asyncIterator]() : (async function* () {})());

function lastOf(stream: Readable | null): () => Promise<string> {
  let last = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => (last = (last + chunk).slice(-4000)));
  return async () => {
    // It comes on a way of its own, maybe after what was written later.
    await sleep(50);
    const text = last;
    last = "";
    return text;
  };
}

async function job(running: Running, text: string): Promise<Answer> {
  running.child.stdin?.end(text);
  const said: string[] = [];
  for (let next = await running.lines.next(); !next.done; next = await running.lines.next()) said.push(next.value);
  return (await running.ended) === 0 ? { ok: true, text: said.join(" ") } : { ok: false, why: reasonIn(await running.errors()) };
}

function service(start: () => Running): Runner {
  let running: Running | undefined;
  return {
    async ask(request) {
      running ??= start();
      running.child.stdin?.write(`${request}\n`);
      const { value, done } = await running.lines.next();
      if (!done && value !== "") return { ok: true, text: value };
      if (done) await running.ended;
      const why = reasonIn(await running.errors());
      if (done) running = undefined;
      return { ok: false, why };
    },
  };
}

/** The line of a log or a stack trace that says what went wrong. */
function reasonIn(log: string): string {
  const lines = log.split("\n").map((it) => it.trim());
  return (
    lines.findLast((it) => /\bis paused by\b/.test(it)) ??
    lines.findLast((it) => /error/i.test(it)) ??
    lines.findLast(Boolean) ??
    "it ended"
  );
}
