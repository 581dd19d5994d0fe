/** Pauses agents by policy: a signal that is not withheld goes into the file that runtimes read. */
import type { News, Pause, Sink } from "../sinks/sink.ts";
import { addMothball } from "./signals.ts";

/** `folder` is a `.cockpit`; `warn` hears of pauses that could not be made. */
export function createPausingSink(folder: string, warn: (message: string) => void): Sink {
  let written: Promise<unknown> = Promise.resolve();

  async function pause({ agentId, time, by, reason }: Pause) {
    try {
      await addMothball(folder, agentId, { by, at: new Date(time).toISOString(), reason });
    } catch (error) {
      warn(`${agentId} could not be paused: ${error instanceof Error ? error.message : String(error)}`);
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
    close: async () => void (await written),
  };
}
