/** What a program sees of a fleet that is watched: lines of JSON, and on stderr how many events there were. */
import { plural } from "../../fleet/model/plural.ts";
import { watchRequestSchema } from "../../protocol/fleet-watch.ts";
import { type AgentFeed, createAgentFeed } from "../../telemetry/agent-feed.ts";
import type { Terminal } from "../terminal.ts";
import { type Output, told } from "./watch-output.ts";
import type { Counts, WatchView } from "./watch-view.ts";

export interface WatchLinesOptions {
  /** The folder of that name. */
  cockpit: string;
  /** Where agents reach the watcher; empty where nothing listens. */
  url(): string;
  withAgents: boolean;
  output: Output;
  terminal: Terminal;
}

export function createWatchLines({ cockpit, url, withAgents, output, terminal }: WatchLinesOptions): WatchView {
  let timers: NodeJS.Timeout[] = [];
  return {
    feed: withAgents ? agentFeed(cockpit, output, terminal) : undefined,
    begin(open, counts) {
      output.tell({ version: 1, kind: "listening", url: url(), open: latestThatFit(open.map(told)) });
      timers = [
        setInterval(() => terminal.progress(progressText(counts())), progressMs),
        setInterval(countsTeller(counts, output), countsMs),
      ];
    },
    close() {
      for (const it of timers) clearInterval(it);
      terminal.progress("");
    },
  };
}

const progressMs = 500;
const countsMs = 5000;

/** Told on as JSON; who is looked at is asked over the channel to whoever started this process. */
function agentFeed(cockpit: string, output: Output, { note }: Terminal): AgentFeed {
  const feed = createAgentFeed({
    cockpit,
    async tell(lines) {
      for (const it of lines) output.tell(it);
      await output.flush();
    },
    now: Date.now,
    warn: (message) => note(`cockpit: ${message}`),
  });
  process.on("message", (message) => {
    const request = watchRequestSchema.safeParse(message);
    if (request.success) feed.look(request.data);
    else note(`cockpit: a message was not understood: ${request.error.issues[0]?.message}`);
  });
  process.channel?.unref();
  return feed;
}

/** Names of hostile senders take six characters for one in JSON. Readers drop a line beyond a million. */
function latestThatFit<T>(all: readonly T[]): T[] {
  let left = 500_000;
  const fit = all.toReversed().filter((it) => {
    left -= JSON.stringify(it).length;
    return left >= 0;
  });
  return fit.reverse();
}

/** Silent when nothing has changed, but for once: then readers know that it rests. */
function countsTeller(countsNow: () => Counts, output: Output): () => void {
  let [last, rests] = ["", true];
  return () => {
    const counts = countsNow();
    const now = JSON.stringify(counts);
    if (now === last && rests) return;
    rests = now === last;
    last = now;
    output.tell({ version: 1, kind: "counts", time: Date.now(), counts });
  };
}

const progressText = (counts: Counts) => `${plural(counts.events ?? 0, "event")}, ${plural(counts["alerts opened"] ?? 0, "alert")}`;
