/** Pauses agents by policy: a signal that is not withheld goes into the file that runtimes read. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../protocol/message-of.ts";
import type { News, Pause, Sink } from "../sinks/sink.ts";
import { addMothball } from "./signals.ts";

/** `folder` is a `.cockpit`; `warn` hears of a pause that could not be made, and when it could. Until then it is tried again, a last time at the end. */
export function createPausingSink(folder: string, warn: (message: string) => void, retryMs = 1000): Sink {
  let written: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  async function pause({ agentId, time, by, reason }: Pause) {
    for (let hasFailed = false; ; hasFailed = true) {
      try {
        await addMothball(folder, agentId, { by, at: new Date(time).toISOString(), reason });
        return hasFailed && warn(`${agentId} is paused now`);
      } catch (error) {
        if (!hasFailed) warn(`${agentId} could not be paused: ${messageOf(error)}; it is tried again`);
        if (closing.signal.aborted) return;
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  function hear(news: News) {
    if (news.kind === "alert") return;
    const { agentId, withheld, reason } = news.signal;
    if (withheld) return warn(`${agentId} was not paused, as so much of the fleet was within an hour: ${reason}`);
    written = written.then(() => pause(news.signal));
  }

  return {
    name: "mothball",
    tell: (news) => news.forEach(hear),
    async close() {
      closing.abort();
      await written;
    },
  };
}
