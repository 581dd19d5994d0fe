/** Whatever else an agent measures: each metric by its name is a series of its own. */
import type { FleetEvent } from "../event.ts";
import type { AlertKind, Judgement } from "./alert.ts";
import { createSeries, observe, type Series, type SeriesKind } from "./series.ts";

export interface NamedSeries {
  readonly name: string;
  readonly series: Series;
  /** Since when its score has been high, until its alert is over; 0 when it is not. */
  since: number;
  kind: SeriesKind;
  ids: string[];
}

/** Metrics of one agent. */
export const most = 16;
const shown = 5;
const kinds: Readonly<Record<SeriesKind, AlertKind>> = {
  spike: "spike",
  level: "level-shift",
  trend: "trend",
  spread: "changed-variance",
  rhythm: "missing-rhythm",
};

/** What is made of judgements. */
export interface Listener {
  say(judgement: Judgement): void;
  /** Whether its alert is open. */
  isOpen(judgement: Judgement): boolean;
}

/** Returns the highest score of the event's metrics. Metrics beyond the first `room` of the agent are not learnt. */
export function measure(known: NamedSeries[], event: FleetEvent, room: number, listener: Listener): number {
  let score = 0;
  for (const [name, value] of Object.entries(event.metrics ?? {})) {
    const its = Number.isFinite(value) ? seriesOf(known, name, room) : undefined;
    if (its) score = Math.max(score, judge(its, event.id, event.time, Math.min(1e100, Math.max(-1e100, value)), listener));
  }
  return score;
}

function seriesOf(known: NamedSeries[], name: string, room: number): NamedSeries | undefined {
  const found = known.find((it) => it.name === name);
  if (found || known.length >= room) return found;
  const created: NamedSeries = { name, series: createSeries(), since: 0, kind: "spike", ids: [] };
  known.push(created);
  return created;
}

function judge(it: NamedSeries, id: string, time: number, value: number, { say, isOpen }: Listener): number {
  const { score, kind, expected, seen } = observe(it.series, time, value);
  if (score >= 0.5) {
    if (it.since === 0) Object.assign(it, { since: time, kind, ids: [] });
    if (it.ids.length < shown) it.ids.push(id);
  }
  if (it.since === 0) return score;
  const judgement = { kind: kinds[it.kind], about: it.name, sure: score, since: it.since, expected, seen, unit: "", events: it.ids };
  say(judgement);
  if (score < 0.1 && !isOpen(judgement)) it.since = 0;
  return score;
}
