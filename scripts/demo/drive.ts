/** Keeps the agents busy, makes one of them go wrong when its time has come, and says what a person should know of it. */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, poison, sick } from "./agents.ts";
import { inbox } from "./places.ts";
import type { Processes } from "./processes.ts";
import { type Answer, createRunner, type Runner } from "./runner.ts";

export interface Drive {
  environment: Record<string, string>;
  processes: Processes;
  /** By `performance.now()`. */
  wrongAt: number;
  say(line: string): unknown;
  signal: AbortSignal;
}

export const foretold = (wrongAfter: number) =>
  `in ${wrongAfter === 60 ? "about a minute" : `${wrongAfter} seconds`} ${sick} goes wrong; .demo/fleet/README.md says why`;

/** Resolves when the demo is over. */
export async function keepBusy(agent: Agent, demo: Drive): Promise<void> {
  const { wrongAt, signal } = demo;
  const runner = createRunner(agent, demo.environment, demo.processes);
  const tell = teller(agent.id, demo.say);
  let [goesWrong, isWell] = [agent.id === sick, true];
  for (let turn = 0; !signal.aborted; turn++) {
    const begun = performance.now();
    // Somebody may have paused it before.
    if (goesWrong && isWell && begun >= wrongAt) {
      await goWrong(runner, demo, tell);
      goesWrong = false;
    } else isWell = tell(await runner.ask(agent.requests[turn % agent.requests.length] ?? ""));
    const next = begun + agent.everySeconds * 1000 * (0.8 + 0.4 * Math.random());
    await pause((goesWrong && wrongAt > begun ? Math.min(next, wrongAt) : next) - performance.now(), signal);
  }
}

async function goWrong(runner: Runner, { say, signal }: Drive, tell: (answer: Answer) => boolean) {
  say(`${sick} got ${poison} and asks its model about it again and again: an alert is about to come`);
  const answer = await runner.ask(poison);
  if (signal.aborted) return;
  await mkdir(join(inbox, "set-aside"), { recursive: true });
  await rename(join(inbox, poison), join(inbox, "set-aside", poison)).catch(() => {});
  tell(answer);
  say(`${poison} is set aside; ${sick} has the next invoices before it`);
}

/** Says when an agent is refused, or fails otherwise, and when it goes on; once each. Returns whether it is well. */
function teller(id: string, say: (line: string) => unknown): (answer: Answer) => boolean {
  let trouble = "";
  return (answer) => {
    const before = trouble;
    trouble = answer.ok ? "" : answer.why;
    if (trouble !== before) say(`${id} ${answer.ok ? "goes on: its call was answered" : told(answer.why)}`);
    return answer.ok;
  };
}

function told(why: string): string {
  const [pause] = /\S+ is paused by .*/.exec(why) ?? [];
  return pause ? `was refused its call: ${pause}` : `failed: ${why}`;
}

const pause = (ms: number, signal: AbortSignal) => sleep(Math.max(ms, 200), undefined, { signal }).catch(() => {});
