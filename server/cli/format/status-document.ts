/** How a fleet is, as a document: the one model's rows, with figures over a window of time. */
import { plural } from "../../fleet/model/plural.ts";
import type { AgentFigures } from "../../telemetry/lake/figures.ts";
import type { Status } from "../fleet/status.ts";
import { ago, duration, short } from "../live/figures.ts";
import type { EntryOptions, FleetDocument } from "./fleet-document.ts";
import { liveDocument } from "./live-document.ts";

export interface StatusParts extends Pick<Status, "watcher" | "figures" | "omitted" | "model"> {
  /** Milliseconds since 1970. */
  now: number;
  /** How far back the figures reach, as people write it. */
  span: string;
}

export function statusDocument(
  { now, span, watcher, figures, omitted, model }: StatusParts,
  options: EntryOptions,
): Promise<FleetDocument> {
  const watched = watcher ? `watched by process ${watcher.pid}${watcher.url ? ` at ${watcher.url}` : ""}` : "nobody watches now";
  const leftOut = omitted > 0 ? [`${plural(omitted, "agent")} of little cost left out`] : [];
  return liveDocument(model, now, [`figures of the last ${span}`, watched, ...leftOut], {
    ...options,
    figuresOf: ({ agentId }) => figureList(figures.get(agentId), now),
  });
}

function figureList(it: AgentFigures | undefined, now: number): (readonly [label: string, value: string])[] {
  if (!it) return [];
  const cost = it.unpriced === 0 ? short(it.costUsd) : it.costUsd === 0 ? "unknown" : `${short(it.costUsd)} + unknown`;
  return [
    ["calls", it.calls.toLocaleString("en-US")],
    ["errors", it.errors.toLocaleString("en-US")],
    ["tokens", short(it.inputTokens + it.outputTokens)],
    ["USD", cost],
    ["p50", duration(it.p50Ms)],
    ["p95", duration(it.p95Ms)],
    ["heard", ago(now - it.lastHeard)],
  ];
}
