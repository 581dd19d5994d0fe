/**
 * The Live Wire: what connectors bring becomes durable, is learnt from once, and what is abnormal is told. Events are acknowledged when the lake has them; AnomalySME sees
 * them in the same order, and after a crash sees again those that came in since its state was kept.
 */
import os from "node:os";
import { closed } from "../fleet/anomaly/alert.ts";
import type { AnomalyOptions, AnomalyState, Outcome } from "../fleet/anomaly/anomaly.ts";
import { createAnomalies, fold, longestOpenMs, tick } from "../fleet/anomaly/anomaly.ts";
import { holdPauses } from "../fleet/anomaly/mothball.ts";
import { restore, save } from "../fleet/anomaly/saved.ts";
import type { FleetEvent } from "../fleet/event.ts";
import { messageOf } from "../protocol/message-of.ts";
import type { Intake, Taken } from "./connectors/connector.ts";
import { createCounter } from "./counter.ts";
import type { Lake } from "./lake/lake.ts";
import type { LakeLimits } from "./lake/prune.ts";
import { createRecorder } from "./lake/recorder.ts";
import { claimLearnt } from "./learnt.ts";
import { saneEvents } from "./sane-events.ts";
import { type News, newsOf, type Sink } from "./sinks/sink.ts";

export interface LiveWireOptions {
  lake: Lake;
  anomalies: Partial<AnomalyOptions>;
  limits: LakeLimits;
  sinks: readonly Sink[];
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since the machine began, whatever its clock says, those in which it slept too. */
  uptime?(): number;
  /** Hears of failures that end nothing: a line for people. */
  warn(message: string): void;
  /** Each event with its outcome, in order. */
  onEvent?(event: FleetEvent, outcome: Outcome): void;
  /** Events that have come in by now, after they are durable. */
  onFresh?(events: readonly FleetEvent[]): void;
}

export interface LiveWire extends Intake {
  /** Lets time pass: silence shows, old events are removed, what was learnt is kept. To be called every second or so. */
  tick(): Promise<void>;
  counts(): Record<string, number>;
  anomalies: AnomalyState;
  /** Keeps what was learnt. The lake stays open. */
  close(): Promise<void>;
}

/** How many events may wait for the disk before connectors are told to wait too. */
const mostWaiting = 50_000;
const keepStateMs = 30_000;
/** Nothing else is done while the state of a large fleet is written down, so that is at most this part of the time. */
const rest = 300;
const pruneMs = 60_000;
/** After so many events, a few megabytes, it is looked at earlier what is beyond the limits. */
const pruneEvents = 10_000;
/** For how long a tick may remove events; what waits for the disk is written between its parts. */
const pruneSliceMs = 500;
/** A tick that comes so much later than the one before says that nobody listened: the machine slept. */
const deafMs = 10_000;

export async function openLiveWire(options: LiveWireOptions): Promise<LiveWire> {
  const { lake, limits, sinks, now, uptime = () => 1000 * os.uptime(), warn, onEvent, onFresh } = options;
  const counter = createCounter();
  const recorder = createRecorder(lake.record, warn);
  const { before, keep: keepLearnt } = claimLearnt(lake);
  const anomalies = (before && restore(before.anomalies, options.anomalies)) ?? createAnomalies(options.anomalies);
  let foldedTo = before?.seq ?? 0;
  let [keptAt, prunedAt, keepAfterMs] = [now(), 0, keepStateMs];

  function learn(events: readonly FleetEvent[]) {
    const news: News[] = [];
    const time = now();
    for (const event of events) {
      const outcome = fold(anomalies, notAhead(event, time));
      onEvent?.(event, outcome);
      news.push(...newsOf(outcome));
    }
    tell(news);
  }

  function tell(news: readonly News[]) {
    if (news.length === 0) return;
    for (const it of news) counter.add(it.kind === "alert" ? `alerts ${it.alert.status}` : "signals");
    const evidence = news.map((it) =>
      it.kind === "alert" ? { time: now(), kind: it.kind, body: it.alert } : { time: now(), kind: it.kind, body: it.signal },
    );
    recorder.add(evidence);
    for (const sink of sinks) sink.tell(news);
    // Who resumes an agent must not find it paused again after a crash.
    if (news.some((it) => it.kind === "signal" && !it.signal.withheld)) keptAt = 0;
  }

  function passTime(isDeaf: boolean) {
    const jumped = now() - tickedAt - (uptime() - tickedUp);
    if (jumped > deafMs) holdPauses(anomalies.paused, jumped);
    [tickedAt, tickedUp] = [now(), uptime()];
    hasFailed = isFailing;
    tell(newsOf(tick(anomalies, tickedAt, isDeaf)));
  }

  const hasSlept = () => now() - tickedAt > deafMs;

  /** Also when the clock was set back. */
  const isOver = (since: number, ms: number) => Math.abs(now() - since) >= ms;

  async function keep() {
    keptAt = now();
    const since = performance.now();
    const keeping = keepLearnt({ seq: foldedTo, anomalies: save(anomalies) });
    keepAfterMs = Math.max(keepStateMs, rest * (performance.now() - since));
    await keeping;
  }

  async function prune() {
    const since = performance.now();
    let hasMore = true;
    while (hasMore && performance.now() - since < pruneSliceMs) {
      const { more, isCrowded: is } = await lake.prune(limits, now());
      if (is && !isCrowded) warn(crowded(limits.maxBytes));
      isCrowded = is;
      hasMore = more;
    }
    if (!hasMore) [prunedAt, unpruned] = [now(), 0];
    failsToPrune = false;
  }

  /** Said once: it is tried again with each tick, as it may be what makes room. */
  function notPruned(error: unknown) {
    if (!failsToPrune) warn(`old events are not removed: ${messageOf(error)}`);
    failsToPrune = true;
  }

  /** Events that came in since. */
  let unpruned = 0;
  let isCrowded = false;
  let failsToPrune = false;
  let isFailing = false;
  /** Since the last tick. */
  let hasFailed = false;
  let [tickedAt, tickedUp] = [now(), uptime()];

  /** Says when events can no longer be kept, and when they can again: senders come again, but people have to make room. */
  async function kept<T>(appending: Promise<T>): Promise<T> {
    try {
      const result = await appending;
      if (isFailing) warn("the lake takes events again");
      isFailing = false;
      return result;
    } catch (error) {
      if (!isFailing) warn(`${messageOf(error)}; until it can, senders are told to come again`);
      isFailing = true;
      hasFailed = true;
      throw error;
    }
  }

  async function catchUp() {
    for (;;) {
      const { events, seq } = await lake.after(foldedTo);
      if (events.length === 0) return;
      learn(events);
      foldedTo = seq;
    }
  }

  /** Of alerts told after the state was last kept, nobody else would say that they are over. */
  async function closeForgotten() {
    await recorder.flush();
    const subjects = [...anomalies.agents.values(), ...anomalies.newcomers.values()];
    const known = new Set(subjects.flatMap(({ open }) => open.map(({ alert }) => alert.id)));
    const forgotten = (await lake.openAlerts(now() - longestOpenMs)).filter(({ id }) => !known.has(id));
    tell(forgotten.map((it) => ({ kind: "alert", alert: closed(it, now(), "the watcher was started again") })));
  }

  await catchUp();
  passTime(true);
  await closeForgotten();
  return {
    anomalies,
    isFull: () => lake.waiting() > mostWaiting,
    async take(all): Promise<Taken> {
      const { events, refused } = saneEvents(all, { now: now(), keepMs: limits.keepMs });
      for (const [reason, count] of Object.entries(refused)) counter.add(`refused: ${reason}`, count);
      if (events.length === 0) return { refused };
      const { fresh, seq } = await kept(lake.append(events));
      counter.add("events", fresh.length);
      unpruned += fresh.length;
      counter.add("repeated", events.length - fresh.length);
      if (hasSlept()) passTime(true);
      learn(fresh);
      onFresh?.(fresh);
      foldedTo = Math.max(foldedTo, seq);
      return { refused };
    },
    async tick() {
      passTime(hasFailed || hasSlept());
      await recorder.flush();
      if (isOver(keptAt, keepAfterMs)) await keep().catch((error: unknown) => warn(`what was learnt is not kept: ${messageOf(error)}`));
      if (unpruned < pruneEvents && !isOver(prunedAt, pruneMs)) return;
      await prune().catch(notPruned);
    },
    counts: () => counter.all(),
    async close() {
      await recorder.flush();
      await keep();
    },
  };
}

const crowded = (maxBytes: number) =>
  `the evidence, which is never removed, takes more than half of the lake's ${Math.round(maxBytes / 2 ** 20)} MB; events are kept in the other half: give fleet.maxMegabytes more`;

/** Clocks that are set by the network differ by less. */
const skewMs = 60_000;

/** Kept as it was sent, learnt as of now: one clock that is ahead must not make all others look silent. */
const notAhead = (event: FleetEvent, time: number) => (event.time > time + skewMs ? { ...event, time } : event);
