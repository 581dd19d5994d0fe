/**
 * What a watcher tells of its agents while it runs: figures that have changed, at most ten times a second whatever the rate of events; who is paused; and the details of those who are looked at. What the
 * lake knows of the last day is told too, read in the background.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../fleet/event.ts";
import type { DetailEvent, Range } from "../fleet/model/fleet-row.ts";
import { createLiveFleet, type LiveFleet } from "../fleet/model/live-fleet.ts";
import type { WatchLine, WatchRequest } from "../protocol/fleet-watch.ts";
import { messageOf } from "../protocol/message-of.ts";
import type { Lake } from "./lake/lake.ts";
import { mostLatest } from "./lake/past.ts";
import { readMothballs } from "./mothball/signals.ts";
import { recallPast } from "./recall.ts";

export type FeedLine = Extract<WatchLine, { kind: "agents" | "mothballs" | "detail" }>;

export interface AgentFeedOptions {
  /** The `.cockpit` of the workspace. */
  cockpit: string;
  /** Resolves when there is room for more. Meanwhile nothing is told; what has changed is told after. */
  tell(lines: readonly FeedLine[]): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  warn(message: string): void;
  /** How many agents it follows; as many as a live fleet does when absent. */
  maxAgents?: number;
}

export interface AgentFeed {
  hear(events: readonly FleetEvent[]): void;
  /** Who is looked at from now on. */
  look(request: WatchRequest): void;
  /** From when on it tells. */
  start(lake: Lake): void;
  /** Resolves when all that was heard is told, or nobody takes it. */
  stop(): Promise<void>;
}

const tellMs = 100;
const detailMs = 1000;
const mothballMs = 500;
/** A line of hostile names stays below what readers take, a million characters. */
const agentsInLine = 700;
/** For how long the first line may wait for the past, so that nobody is told of an empty fleet that is none. */
const patienceMs = 1000;
/** For how long who does not read is waited for at the end. */
const lastMomentMs = 2000;

export function createAgentFeed({ cockpit, tell, now, warn, ...limits }: AgentFeedOptions): AgentFeed {
  const fleet = createLiveFleet(limits);
  const looked = createLooked(fleet, now);
  const mothballs = createMothballs(cockpit, warn);
  const end = new AbortController();
  let lake: Lake | undefined;
  let timer: NodeJS.Timeout | undefined;
  let telling: Promise<void> | undefined;
  let isFirst = true;
  let mayBegin = false;

  async function tellAll() {
    const lines = [...(mayBegin ? agentLines() : []), ...(await mothballs.lines(now())), ...looked.lines()];
    if (lines.length > 0) await tell(lines);
  }

  /** A report is of all that was heard. */
  async function tellRest() {
    await telling;
    for (let lines = agentLines(true); lines.length > 0; lines = agentLines(true)) await tell(lines);
  }

  const notTold = (error: unknown) => warn(`agents are not told: ${messageOf(error)}`);

  function agentLines(isLast = false): FeedLine[] {
    const time = now();
    const { agents, gone } = fleet.takeChanged(time, { most: agentsInLine, isLast });
    if (!isFirst && agents.length + gone.length === 0) return [];
    const line: FeedLine = { version: 1, kind: "agents", time, reset: isFirst, agents, gone };
    isFirst = false;
    return [line];
  }

  return {
    hear(events) {
      const time = now();
      for (const it of events) fleet.hear(it, time);
      looked.hear(events);
    },
    look: (request) => looked.look(request, lake),
    start(its) {
      lake = its;
      looked.ask(its);
      const begin = () => {
        mayBegin = true;
      };
      void sleep(patienceMs, undefined, { signal: end.signal, ref: false }).then(begin, () => {});
      recallPast(its, fleet, { now, signal: end.signal, onPage: begin }).then(begin, (error: unknown) => {
        if (!end.signal.aborted) warn(`the last hours are not known: ${messageOf(error)}`);
        begin();
      });
      timer = setInterval(() => {
        telling ??= tellAll()
          .catch(notTold)
          .finally(() => {
            telling = undefined;
          });
      }, tellMs);
    },
    async stop() {
      end.abort();
      clearInterval(timer);
      await Promise.race([tellRest().catch(notTold), sleep(lastMomentMs, undefined, { ref: false })]);
    },
  };
}

/** Tells who is paused at first, and whenever the file has become another one. */
function createMothballs(cockpit: string, warn: (message: string) => void) {
  let lookedAt = 0;
  let [seen, told] = ["", ""];
  async function lines(time: number): Promise<FeedLine[]> {
    if (Math.abs(time - lookedAt) < mothballMs) return [];
    lookedAt = time;
    const about = await stat(join(cockpit, "mothball.json")).catch(() => undefined);
    const stamp = about ? `${about.mtimeMs} ${about.ino} ${about.size}` : "none";
    if (stamp === seen) return [];
    seen = stamp;
    const mothballed = Object.fromEntries(await readMothballs(cockpit));
    const text = JSON.stringify(mothballed);
    if (text === told) return [];
    told = text;
    return [{ version: 1, kind: "mothballs", mothballed }];
  }
  return {
    /** A file that is not as it must be changes nothing: runtimes leave things as they are, too. */
    lines: (time: number) =>
      lines(time).catch((error: unknown): FeedLine[] => {
        warn(messageOf(error));
        return [];
      }),
  };
}

interface Looked {
  range: Range;
  events: DetailEvent[];
  told: string;
  toldAt: number;
  /** Whether the lake was asked for what it did before. */
  isAsked: boolean;
}

/** Details of those who are looked at. */
function createLooked(fleet: LiveFleet, now: () => number) {
  let all = new Map<string, Looked>();

  function remember(it: Looked, events: readonly FleetEvent[]) {
    const byId = new Map(it.events.map((event) => [event.id, event]));
    for (const event of events) byId.set(event.id, detailEvent(event));
    it.events = [...byId.values()].sort((a, b) => a.time - b.time).slice(-mostLatest);
  }

  /** What cannot be read now is not shown; what is heard from now on is. */
  function ask(lake: Lake) {
    for (const [id, it] of all) {
      if (it.isAsked) continue;
      it.isAsked = true;
      lake.latest(id).then(
        (events) => remember(it, events),
        () => {},
      );
    }
  }

  return {
    ask,
    look({ agents, range }: WatchRequest, lake: Lake | undefined) {
      const before = all;
      // The same object: the lake's answer may be under way to it.
      const lookedAt = (id: string): Looked => before.get(id) ?? { range, events: [], told: "", toldAt: 0, isAsked: false };
      all = new Map(agents.map((id) => [id, lookedAt(id)]));
      for (const it of all.values()) {
        if (it.range !== range) it.toldAt = 0;
        it.range = range;
      }
      if (lake) ask(lake);
    },
    hear(events: readonly FleetEvent[]) {
      if (all.size === 0) return;
      const own = Map.groupBy(
        events.filter((it) => all.has(it.agentId)),
        (it) => it.agentId,
      );
      for (const [id, it] of own) {
        const looked = all.get(id);
        if (looked) remember(looked, it);
      }
    },
    lines(): FeedLine[] {
      const time = now();
      const lines: FeedLine[] = [];
      for (const [id, it] of all) {
        if (Math.abs(time - it.toldAt) < detailMs) continue;
        const series = fleet.series(id, it.range, time);
        const detail = { ...series, ...columnsOf(series), lastEvents: it.events };
        const text = JSON.stringify(detail);
        if (text === it.told) continue;
        it.told = text;
        it.toldAt = time;
        lines.push({ version: 1, kind: "detail", detail });
      }
      return lines;
    },
  };
}

const columnsOf = ({ calls, errors, tokens, usd, p95Ms }: ReturnType<LiveFleet["series"]>) => ({
  calls: [...calls],
  errors: [...errors],
  tokens: [...tokens],
  usd: [...usd],
  p95Ms: [...p95Ms],
});

function detailEvent({ id, time, operation, model, inputTokens, outputTokens, costUsd, durationMs, error }: FleetEvent): DetailEvent {
  const tokens = inputTokens === undefined && outputTokens === undefined ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
  return {
    ...{ id, time, operation: operation ?? null, model: model ?? null, tokens },
    ...{ costUsd: costUsd ?? null, durationMs: durationMs ?? null, error: error ?? null },
  };
}
