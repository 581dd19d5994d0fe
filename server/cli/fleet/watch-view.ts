/** What is seen of a fleet that is watched, besides its news. */
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { AgentFeed } from "../../telemetry/agent-feed.ts";
import type { Sink } from "../../telemetry/sinks/sink.ts";

export interface WatchView {
  /** Where agents are shown. */
  feed?: AgentFeed | undefined;
  sink?: Sink;
  /** From now on it is shown. `open` are alerts from before that are not over; `counts` are the Live Wire's. */
  begin(open: readonly Alert[], counts: () => Counts): void;
  /** Shows nothing more, and ends what is still under way for it. */
  close(): void;
  /** The fleet as it is now, for people; empty where nobody is known. */
  report?(options: { verbose: boolean; quiet: boolean }): Promise<string>;
}

export type Counts = Readonly<Record<string, number>>;
