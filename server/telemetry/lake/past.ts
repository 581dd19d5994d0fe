/** The events of a lake backwards in time, a page at a time: as columns of numbers, which cross to another thread at little cost, or the last ones of an agent. */
import type { DatabaseSync } from "node:sqlite";
import type { FleetEvent } from "../../fleet/event.ts";
import { eventOfRow } from "./schema.ts";

/** A place in the order of the lake's key. */
export interface Moment {
  time: number;
  id: string;
}

export interface PastRequest {
  /** Those before it; `undefined` for the latest. */
  before: Moment | undefined;
  /** Milliseconds since 1970. */
  since: number;
  /** Only those that came in no later than this one. */
  upTo: number;
}

/** A page, the latest first: an entry an event in each column. NaN is unknown. */
export interface Past {
  names: string[];
  /** Places in `names`. */
  agents: Uint16Array;
  times: Float64Array;
  isCall: Uint8Array;
  isError: Uint8Array;
  tokens: Float64Array;
  usd: Float64Array;
  durations: Float64Array;
  /** Where to go on; `undefined` at the end. */
  next: Moment | undefined;
}

/** A page takes a few milliseconds: what waits to be written waits no longer. */
const pageSize = 2000;

export function pastIn(database: DatabaseSync, { before, since, upTo }: PastRequest): Past {
  const rows = database
    .prepare(
      `SELECT time, id, agent, operation IS NOT NULL AS call, error IS NOT NULL AS error, coalesce(input_tokens, output_tokens) IS NOT NULL AS counted,
        coalesce(input_tokens, 0) + coalesce(output_tokens, 0) AS tokens, cost_usd, duration_ms, seq
      FROM events WHERE (time, id) < (?, ?) AND time >= ? ORDER BY time DESC, id DESC LIMIT ?`,
    )
    .all(before?.time ?? Number.MAX_SAFE_INTEGER, before?.id ?? "", since, pageSize);
  const wanted = rows.filter((it) => Number(it.seq) <= upTo);
  const names = new Map<string, number>();
  const placeOf = (name: string) => {
    const place = names.get(name) ?? names.size;
    names.set(name, place);
    return place;
  };
  const numbers = (of: (row: (typeof rows)[number]) => unknown) => Float64Array.from(wanted, (it) => Number(of(it) ?? Number.NaN));
  const last = rows.length < pageSize ? undefined : rows.at(-1);
  return {
    agents: Uint16Array.from(wanted, (it) => placeOf(String(it.agent))),
    names: [...names.keys()],
    times: numbers((it) => it.time),
    isCall: Uint8Array.from(wanted, (it) => Number(it.call)),
    isError: Uint8Array.from(wanted, (it) => Number(it.error)),
    tokens: numbers((it) => (it.counted ? it.tokens : undefined)),
    usd: numbers((it) => it.cost_usd ?? undefined),
    durations: numbers((it) => it.duration_ms ?? undefined),
    next: last && { time: Number(last.time), id: String(last.id) },
  };
}

export interface LatestRequest {
  agentId: string;
  before: Moment | undefined;
}

/** Those of an agent in a page of everybody's, the latest first. */
export function latestIn(database: DatabaseSync, { agentId, before }: LatestRequest): { events: FleetEvent[]; next: Moment | undefined } {
  const [time, id] = [before?.time ?? Number.MAX_SAFE_INTEGER, before?.id ?? ""];
  const page = "FROM events WHERE (time, id) < (?, ?) ORDER BY time DESC, id DESC";
  const own = database
    .prepare(`SELECT * FROM (SELECT * ${page} LIMIT ?) WHERE agent = ? LIMIT ?`)
    .all(time, id, scanned, agentId, mostLatest);
  const next = database.prepare(`SELECT time, id ${page} LIMIT 1 OFFSET ?`).get(time, id, scanned - 1);
  return { events: own.map(eventOfRow), next: next && { time: Number(next.time), id: String(next.id) } };
}

/** There is no index by agent, which every event would pay for. */
const scanned = 10_000;
export const mostLatest = 20;
