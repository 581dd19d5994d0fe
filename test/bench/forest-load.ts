/** A thread that sends model calls of many agents over OTLP, ten requests a second, until it is ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { post, request } from "../live/watcher.ts";

const { url, rate, agents } = z.object({ url: z.string(), rate: z.number(), agents: z.number() }).parse(workerData);
const perSecond = 10;
const started = performance.now();
for (let turn = 0, sent = 0; ; turn++) {
  if (!(await post(url, request(sent, rate / perSecond, agents)))) throw new Error("not acknowledged");
  sent += rate / perSecond;
  if (turn % perSecond === 0) parentPort?.postMessage(sent);
  await sleep(Math.max(0, started + ((turn + 1) * 1000) / perSecond - performance.now()));
}
