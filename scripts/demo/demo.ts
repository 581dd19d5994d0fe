/** The demo from its preparation to its end. */
import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../code-server.ts";
import { type Agent, agents, sick } from "./agents.ts";
import { drive } from "./drive.ts";
import { makeFleet } from "./fleet.ts";
import { installAll, type Missing } from "./install.ts";
import type { DemoOptions } from "./options.ts";
import { places } from "./places.ts";
import type { Processes } from "./processes.ts";
import { startStandIn } from "./stand-in.ts";
import { findTools } from "./tools.ts";
import type { View } from "./views.ts";

export interface Demo {
  /** Where Live Wire is going to listen. */
  port: number;
  agents: readonly Agent[];
}

export async function prepare({ wrongAfter }: DemoOptions): Promise<Demo> {
  const port = await freePort();
  await makeFleet(port, wrongAfter);
  const missing = await installAll(findTools(), console.log);
  for (const line of leftOut(missing)) console.log(line);
  return { port, agents: agents.filter(({ language }) => missing[language] === undefined) };
}

function leftOut(missing: Missing): string[] {
  return Object.entries(missing).map(([language, why]) => {
    const ids = agents.filter((it) => it.language === language).map(({ id }) => id);
    return `left out, ${ids.join(" and ")} (${language}): ${why}`;
  });
}

/** Resolves when somebody ends it, the view is closed or its time is over, and nothing runs any more. */
export async function work(demo: Demo, options: DemoOptions, processes: Processes, view: View): Promise<void> {
  const ending = new AbortController();
  const say = narrator(options);
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const over = options.seconds === undefined ? [] : [sleep(options.seconds * 1000, undefined, { signal: ending.signal }).catch(() => {})];
  const working = run(demo, options, processes, say, ending.signal);
  await Promise.race([interrupted, view.ended, ...over, failed(working)]);
  ending.abort();
  await processes.stopAll();
}

async function run({ agents, port }: Demo, { wrongAfter }: DemoOptions, processes: Processes, say: Say, signal: AbortSignal) {
  const models = await startStandIn(processes);
  const endpoint = `http://127.0.0.1:${port}`;
  await listening(port, signal);
  if (signal.aborted) return;
  say(`at work: ${agents.map(({ id, language }) => `${id} (${language})`).join(", ")}`);
  say(
    `in ${wrongAfter === 60 ? "about a minute" : `${wrongAfter} seconds`} ${sick} goes wrong; README.md of the fleet says what to look at then`,
  );
  await drive({ agents, environment: { ...models, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, processes, wrongAfter, say, signal });
}

/** Live Wire begins when the window is open. */
async function listening(port: number, signal: AbortSignal) {
  while (!signal.aborted && !(await answers(port))) await sleep(250);
}

function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

/** Rejects if the work does, and never resolves. */
async function failed(working: Promise<void>): Promise<never> {
  await working;
  return new Promise(() => {});
}

type Say = (line: string) => void;

/** A terminal that shows the fleet is the table's alone: what happens is written to a file. */
function narrator({ editor }: DemoOptions): Say {
  const stamped = (line: string) => `${new Date().toTimeString().slice(0, 8)}  ${line}`;
  if (editor || !process.stdout.isTTY) return (line) => console.log(stamped(line));
  return (line) => void appendFile(places.log, `${stamped(line)}\n`);
}
