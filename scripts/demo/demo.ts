/** The demo from its preparation to its end. */
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../code-server.ts";
import { agents, type Language, languages } from "./agents.ts";
import { type Drive, foretold, keepBusy } from "./drive.ts";
import { makeFleet } from "./fleet.ts";
import { installLanguages, installStandIn, type Ready } from "./install.ts";
import type { DemoOptions } from "./options.ts";
import { places } from "./places.ts";
import type { Processes } from "./processes.ts";
import { startStandIn } from "./stand-in.ts";
import { findTools } from "./tools.ts";
import type { View } from "./views.ts";

export interface Demo {
  /** Where Live Wire is going to listen. */
  port: number;
  ready: Ready;
}

/** Resolves when the agent that goes wrong can run; other languages may take longer. */
export async function prepare({ wrongAfter }: DemoOptions, processes: Processes): Promise<Demo> {
  const port = await freePort();
  await makeFleet(port, wrongAfter);
  await rm(places.log, { force: true });
  const installing = { tools: findTools(), processes, say: console.log };
  const ready = installLanguages(installing);
  await installStandIn(installing);
  await ready.TypeScript;
  return { port, ready };
}

/** Resolves when somebody ends it, the view is closed or its time is over. */
export async function work(demo: Demo, options: DemoOptions, processes: Processes, view: View): Promise<void> {
  const ending = new AbortController();
  const tell = narrator(options);
  const say = (line: string) => ending.signal.aborted || tell(line);
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const over = options.seconds === undefined ? [] : [sleep(options.seconds * 1000, undefined, { signal: ending.signal }).catch(() => {})];
  const working = run(demo, options, processes, say, ending.signal);
  await Promise.race([interrupted, view.ended, ...over, failed(working)]);
  ending.abort();
}

async function run({ port, ready }: Demo, options: DemoOptions, processes: Processes, say: Say, signal: AbortSignal) {
  const models = await startStandIn(processes);
  const endpoint = `http://127.0.0.1:${port}`;
  await listening(port, signal);
  if (signal.aborted) return;
  if (options.editor) say(foretold(options.wrongAfter));
  const wrongAt = performance.now() + options.wrongAfter * 1000;
  const demo = { environment: { ...models, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, processes, wrongAt, say, signal };
  await Promise.all(languages.map(async (language) => begin(language, await ready[language], demo)));
}

async function begin(language: Language, missing: string | undefined, demo: Drive) {
  const own = agents.filter((it) => it.language === language);
  const names = own.map(({ id }) => id).join(" and ");
  demo.say(missing === undefined ? `at work in ${language}: ${names}` : `left out in ${language}: ${names}; ${missing}`);
  if (missing === undefined) await Promise.all(own.map((it) => keepBusy(it, demo)));
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

type Say = Drive["say"];

/** A terminal that shows the fleet is the table's alone: what happens is written to a file. */
function narrator({ editor }: DemoOptions): Say {
  const stamped = (line: string) => `${new Date().toTimeString().slice(0, 8)}  ${line}`;
  if (editor || !process.stdout.isTTY) return (line) => console.log(stamped(line));
  return (line) => appendFileSync(places.log, `${stamped(line)}\n`);
}
