/** What a page's main thread does for each frame, by Chromium's own tracing. */
import type { Browser, Page } from "playwright-core";
import * as z from "zod";

const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      ph: z.string(),
      ts: z.number(),
      dur: z.number().optional(),
      tdur: z.number().optional(),
      pid: z.number(),
      tid: z.number(),
    }),
  ),
});
type Event = z.infer<typeof traceSchema>["traceEvents"][number];

export interface Frames {
  /** Milliseconds of work between the begin of a frame and that of the next, a frame each: as the clock tells. */
  wall: number[];
  /** The same without what the thread waited for a core, on a machine that does other things too. */
  cpu: number[];
}

export async function framesOf(browser: Browser, page: Page, work: () => Promise<void>): Promise<Frames> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await work();
  const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString()));
  const begins = traceEvents.filter((it) => it.name === "AnimationFrame" && it.ph === "b");
  const thread = busiest(begins);
  const tasks = traceEvents.filter((it) => it.ph === "X" && it.name === "ThreadControllerImpl::RunTask" && threadOf(it) === thread);
  const times = begins.flatMap((it) => (threadOf(it) === thread ? [it.ts] : [])).sort((a, b) => a - b);
  const between = (cost: (task: Event) => number) => workBetween(times, tasks, cost);
  return { wall: between(({ dur = 0 }) => dur / 1000), cpu: between(({ dur = 0, tdur = dur }) => tdur / 1000) };
}

const threadOf = ({ pid, tid }: Event): string => `${pid} ${tid}`;

function busiest(begins: readonly Event[]): string | undefined {
  const byThread = Map.groupBy(begins, threadOf);
  return [...byThread].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function workBetween(times: readonly number[], tasks: readonly Event[], cost: (task: Event) => number): number[] {
  const work = times.map(() => 0);
  const inOrder = [...tasks].sort((a, b) => a.ts - b.ts);
  let at = 0;
  for (const task of inOrder) {
    const { ts, dur = 0 } = task;
    while (at + 1 < times.length && (times[at + 1] ?? 0) <= ts + dur) at++;
    // A task belongs to the frame that begins in it, or to the last that began.
    if (work[at] !== undefined) work[at] = (work[at] ?? 0) + cost(task);
  }
  return work;
}
