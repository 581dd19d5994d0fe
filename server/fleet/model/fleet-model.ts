/** The one model of the fleet: findings, live figures, alerts and pauses in, rows and totals out. Nothing else decides what health an agent has. */
import type { Alert } from "../anomaly/alert.ts";
import type { AuditedAgent, FleetRow, FleetTotals, Freshness, LiveAgent, Pausing, Reason, Watching } from "./fleet-row.ts";
import { reasonsOf, sinceOf, worstOf } from "./health.ts";
import { byNeed, needOf } from "./need.ts";
import { totalsOf } from "./totals.ts";

export interface FleetModel {
  /** Replaces what was known of these agents; `gone` are keys of agents that are no more. */
  audit(agents: readonly AuditedAgent[], gone?: readonly string[]): void;
  live(agents: readonly LiveAgent[], gone?: readonly string[]): void;
  alert(alert: Alert): void;
  /** Whether it is open. */
  hasAlert(alert: Alert): boolean;
  /** All that are open: others are forgotten. What a watcher says when it begins. */
  openAlerts(alerts: readonly Alert[]): void;
  /** All that are paused, by agent id; `*` stands for all. */
  pause(paused: ReadonlyMap<string, Pausing>): void;
  /** Where a watcher begins, figures told before are no longer of now, until it tells of the agent. */
  watch(watching: Watching): void;
  /** Forgets live figures: another watcher begins. Alerts stay until `openAlerts`, and who was heard stays known to have been. */
  resetLive(): void;
  /** Keys of rows that are other ones than when this was asked last; at first, of all. */
  takeChanged(): readonly string[];
  row(key: string): FleetRow | undefined;
  /** The worst first; an order that does not depend on live figures, so that rows keep their places. `now` in milliseconds since 1970. */
  rows(now: number): readonly FleetRow[];
  totals(now: number): FleetTotals;
}

/** A row's key, for who is heard, paused or alarmed about and is no agent of the workspace. */
export const heardKey = (agentId: string): string => `heard:${agentId}`;

/** For how long an agent that is watched may be silent and still be taken to be at work, ms. */
export const quietAfterMs = 5 * 60_000;

/** What is known of an agent by its id: rows of several folders may share it. */
interface Voice {
  readonly id: string;
  live: LiveAgent | undefined;
  /** Time of the latest event that was ever told; 0 for none. */
  heard: number;
  /** Whether what is known of it is what was told before the watcher began. */
  isOfBefore: boolean;
  readonly alerts: Map<string, Alert>;
  readonly places: Map<string, Place>;
}

/** What becomes a row. */
interface Place {
  readonly key: string;
  readonly voice: Voice;
  audited: AuditedAgent | undefined;
  /** Kept while neither findings nor alerts nor a pause change. */
  reasons: readonly Reason[] | undefined;
  /** Kept while nothing changes. */
  row: FleetRow | undefined;
  /** Of the row when all were put in order, and its index then. */
  need: number;
  at: number;
}

export function createFleetModel(): FleetModel {
  const voices = new Map<string, Voice>();
  const places = new Map<string, Place>();
  /** Since somebody asked; a model that nobody asks remembers nothing of names that come and go. */
  let changed: Set<string> | undefined;
  let paused: ReadonlyMap<string, Pausing> = new Map();
  let watching: Watching = { kind: "off" };
  let now = 0;
  /** When the first that is live becomes quiet, unless it speaks. */
  let quietAt = 0;
  let sorted: readonly FleetRow[] | undefined;
  /** Whose rows in `sorted` are not those of now. */
  let outdated = new Set<Place>();
  let sums: FleetTotals | undefined;
  let lastHeard = 0;
  /** Kept while no row comes or goes. */
  let named: readonly Place[] | undefined;

  function voiceOf(id: string): Voice {
    const known = voices.get(id);
    if (known) return known;
    const voice: Voice = { id, live: undefined, heard: 0, isOfBefore: false, alerts: new Map(), places: new Map() };
    voices.set(id, voice);
    return voice;
  }

  function add(key: string, voice: Voice): Place {
    const place: Place = { key, voice, audited: undefined, reasons: undefined, row: undefined, need: 0, at: 0 };
    places.set(key, place);
    voice.places.set(key, place);
    named = sorted = undefined;
    touch(place);
    return place;
  }

  function remove(place: Place) {
    const { key, voice } = place;
    places.delete(key);
    voice.places.delete(key);
    outdated.delete(place);
    named = sorted = undefined;
    stir(key);
  }

  function stir(key: string) {
    changed?.add(key);
    sums = undefined;
  }

  function touch(place: Place) {
    place.row = undefined;
    outdated.add(place);
    stir(place.key);
  }

  function touchAll(voice: Voice, reasons: "same" | "other") {
    for (const place of voice.places.values()) {
      if (reasons === "other") place.reasons = undefined;
      touch(place);
    }
  }

  /** Who speaks, is paused or alarmed about has a row, and one alone where no audit knows of it. */
  function settle(voice: Voice) {
    const own = places.get(heardKey(voice.id));
    const isAudited = voice.places.size > (own ? 1 : 0);
    const isKnown = voice.live !== undefined || voice.alerts.size > 0 || (paused.has(voice.id) && voice.id !== "*");
    if (own && (isAudited || !isKnown)) remove(own);
    if (!own && !isAudited && isKnown) add(heardKey(voice.id), voice);
    if (!isAudited && !isKnown) voices.delete(voice.id);
  }

  function audit(agents: readonly AuditedAgent[], gone: readonly string[]) {
    for (const key of gone) removeAudited(key);
    for (const agent of agents) {
      const known = places.get(agent.key);
      if (known?.audited === agent) continue;
      if (known && known.voice.id !== agent.id) removeAudited(agent.key);
      const place = places.get(agent.key) ?? add(agent.key, voiceOf(agent.id));
      place.audited = agent;
      place.reasons = undefined;
      touch(place);
      settle(place.voice);
    }
  }

  function removeAudited(key: string) {
    const place = places.get(key);
    if (!place?.audited) return;
    remove(place);
    settle(place.voice);
  }

  function live(agents: readonly LiveAgent[], gone: readonly string[]) {
    for (const id of gone) silence(voices.get(id));
    for (const agent of agents) {
      const voice = voiceOf(agent.agentId);
      voice.live = agent;
      voice.isOfBefore = false;
      voice.heard = Math.max(voice.heard, agent.heard);
      quietAt = Math.min(quietAt, voice.heard + quietAfterMs);
      touchAll(voice, "same");
      settle(voice);
    }
  }

  function silence(voice: Voice | undefined) {
    if (!voice?.live) return;
    voice.live = undefined;
    touchAll(voice, "same");
    settle(voice);
  }

  const hasAlert = ({ agentId, id }: Alert) => voices.get(agentId)?.alerts.has(id) ?? false;

  function alert(it: Alert) {
    if (it.status === "closed" && !hasAlert(it)) return;
    const voice = voiceOf(it.agentId);
    if (it.status === "closed") voice.alerts.delete(it.id);
    else voice.alerts.set(it.id, it);
    touchAll(voice, "other");
    settle(voice);
  }

  function openAlerts(alerts: readonly Alert[]) {
    for (const voice of [...voices.values()]) {
      if (voice.alerts.size === 0) continue;
      voice.alerts.clear();
      touchAll(voice, "other");
      settle(voice);
    }
    for (const it of alerts) alert(it);
  }

  function pause(all: ReadonlyMap<string, Pausing>) {
    const before = paused;
    paused = new Map(all);
    const of = (map: ReadonlyMap<string, Pausing>, id: string) => map.get(id) ?? map.get("*");
    for (const id of new Set([...before.keys(), ...paused.keys()])) if (id !== "*") voiceOf(id);
    for (const voice of [...voices.values()]) {
      if (!samePause(of(before, voice.id), of(paused, voice.id))) touchAll(voice, "other");
      settle(voice);
    }
  }

  function watch(it: Watching) {
    const isOther = it.kind !== watching.kind;
    watching = it;
    sums = undefined;
    if (!isOther) return;
    for (const voice of voices.values()) {
      voice.isOfBefore = it.kind === "watching" && voice.heard > 0;
      if (voice.heard > 0) touchAll(voice, "same");
    }
  }

  function resetLive() {
    for (const voice of [...voices.values()]) {
      if (voice.isOfBefore) touchAll(voice, "same");
      voice.isOfBefore = false;
      silence(voice);
    }
  }

  function freshness({ heard, isOfBefore }: Voice): Freshness {
    if (heard === 0) return "unheard";
    if (watching.kind !== "watching" || isOfBefore) return "stale";
    return now - heard > quietAfterMs ? "quiet" : "live";
  }

  /** Time alone makes a live agent a quiet one. */
  function passTime(time: number) {
    const isSame = time >= now && time <= quietAt;
    now = time;
    if (isSame) return;
    quietAt = Number.POSITIVE_INFINITY;
    for (const place of places.values()) {
      if (place.row && place.row.freshness !== freshness(place.voice)) touch(place);
      const next = place.voice.heard + quietAfterMs;
      if (next >= now) quietAt = Math.min(quietAt, next);
    }
  }

  function rowOf(place: Place): FleetRow {
    if (place.row) return place.row;
    const { key, voice, audited } = place;
    const pausing = paused.get(voice.id) ?? paused.get("*");
    const alerts = [...voice.alerts.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    place.reasons ??= reasonsOf({ audited, alerts, paused: pausing });
    const { reasons } = place;
    place.row = {
      key,
      agentId: voice.id,
      health: worstOf(reasons),
      reasons,
      since: sinceOf(reasons),
      freshness: freshness(voice),
      paused: pausing,
      audited,
      live: voice.live,
      alerts,
    };
    return place.row;
  }

  function rows(time: number): readonly FleetRow[] {
    passTime(time);
    if (!sorted || outdated.size > 0) sorted = (sorted && updated(sorted)) ?? inOrder();
    outdated = new Set();
    return sorted;
  }

  /** Most changes leave everybody at their place; `undefined` when one does not. */
  function updated(before: readonly FleetRow[]): readonly FleetRow[] | undefined {
    const all = [...before];
    for (const place of outdated) {
      const row = rowOf(place);
      if (needOf(row) !== place.need) return undefined;
      all[place.at] = row;
    }
    return all;
  }

  function inOrder(): readonly FleetRow[] {
    named ??= [...places.values()].sort(byName);
    for (const place of named) place.need = needOf(rowOf(place));
    return byNeed(named).map((place, at) => {
      place.at = at;
      return rowOf(place);
    });
  }

  function totals(time: number): FleetTotals {
    const all = rows(time);
    if (!sums) {
      lastHeard = 0;
      for (const { heard } of voices.values()) lastHeard = Math.max(lastHeard, heard);
      sums = totalsOf(all, liveOf(voices.values()), lastHeard, watching, time);
    }
    return { ...sums, dataAgeMs: lastHeard > 0 ? Math.max(0, time - lastHeard) : null };
  }

  return {
    audit: (agents, gone = []) => audit(agents, gone),
    live: (agents, gone = []) => live(agents, gone),
    alert,
    hasAlert,
    openAlerts,
    pause,
    watch,
    resetLive,
    takeChanged() {
      const keys = [...(changed ?? places.keys())];
      changed = new Set();
      return keys;
    },
    row(key) {
      const place = places.get(key);
      return place && rowOf(place);
    },
    rows,
    totals,
  };
}

const byName = (a: Place, b: Place) => compare(a.voice.id, b.voice.id) || compare(a.key, b.key);
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const samePause = (a: Pausing | undefined, b: Pausing | undefined) =>
  a === b || (a?.by === b?.by && a?.at === b?.at && a?.reason === b?.reason);

/** What nobody has told since the watcher began is not of now. */
function* liveOf(voices: Iterable<Voice>): Generator<LiveAgent> {
  for (const { live, isOfBefore } of voices) if (live && !isOfBefore) yield live;
}
