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
    figuresOf: ({ agentId, live }) => figureList(figures.get(agentId), live?.heard, now),
  });
}

/** `heard` in milliseconds since 1970, as far as any event is known. */
function figureList(it: AgentFigures | undefined, heard: number | undefined, now: number): (readonly [label: string, value: string])[] {
  const last = heard === undefined ? [] : [["heard", ago(now - heard)] as const];
  if (!it) return last;
  const cost = it.unpriced === 0 ? short(it.costUsd) : it.costUsd === 0 ? "unknown" : `${short(it.costUsd)} + unknown`;
  return [
    ["calls", it.calls.toLocaleString("en-US")],
    ["errors", it.errors.toLocaleString("en-US")],
    ["tokens", short(it.inputTokens + it.outputTokens)],
    ["USD", cost],
    ["p50", duration(it.p50Ms)],
    ["p95", duration(it.p95Ms)],
    ...last,
  ];
}
