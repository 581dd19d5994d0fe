/** How the fleet is now, by the one model of it: findings of an audit, figures and alerts of the lake, pauses. */
import type { Alert } from "../../fleet/anomaly/alert.ts";
import { longestOpenMs } from "../../fleet/anomaly/anomaly.ts";
import { createFleetModel, type FleetModel } from "../../fleet/model/fleet-model.ts";
import type { AuditedAgent, LiveAgent } from "../../fleet/model/fleet-row.ts";
import { type AgentFigures, type FleetFigures, mostAgents } from "../../telemetry/lake/figures.ts";
import { type LastHeard, lastHeardIn } from "../../telemetry/lake/last-heard.ts";
import { openAlertsIn } from "../../telemetry/lake/open-alerts.ts";
import { type Mothball, readMothballs } from "../../telemetry/mothball/signals.ts";
import { type WatchClaim, watcherOf } from "../../telemetry/watch-claim.ts";
import { lakeFileIn } from "../../telemetry/workspace.ts";

export interface StatusOptions {
  /** The `.cockpit` of the workspace. */
  cockpit: string;
  /** Milliseconds since 1970. */
  since: number;
  until: number;
  /** What the lake says of each agent between them. */
  figures: FleetFigures;
  /** Only this agent; all when absent. */
  only: string | undefined;
  /** None without an audit. */
  audited: readonly AuditedAgent[];
}

export interface Status {
  watcher: WatchClaim | undefined;
  paused: ReadonlyMap<string, Mothball>;
  /** The newest first. */
  alerts: readonly Alert[];
  /** Of those who were heard in the window, by agent id. */
  figures: ReadonlyMap<string, AgentFigures>;
  /** How many agents more were heard. */
  omitted: number;
  model: FleetModel;
}

export async function statusNow({ cockpit, since, until, figures: heard, only, audited }: StatusOptions): Promise<Status> {
  const isMeant = (id: string) => only === undefined || id === only;
  const file = lakeFileIn(cockpit);
  const alerts = openAlertsIn(file, Math.min(since, until - longestOpenMs)).filter((it) => isMeant(it.agentId));
  const paused = await readMothballs(cockpit);
  const watcher = await watcherOf(cockpit);
  const figures = new Map(heard.agents.map((it) => [it.agentId, it]));
  const known = new Set([...audited.map((it) => it.id), ...alerts.map((it) => it.agentId), ...paused.keys()]);
  const others = othersIn(lastHeardIn(file, { until, agentId: only }), figures, known, since);
  const model = createFleetModel();
  model.watch(watcher ? { kind: "watching", eventsPerSecond: null } : { kind: "off" });
  model.audit(audited.filter((it) => isMeant(it.id)));
  model.live(liveAgents([...heard.agents, ...others.agents], heard.lastMinute));
  model.openAlerts(alerts);
  model.pause(new Map([...paused].filter(([id]) => id === "*" || isMeant(id))));
  return { watcher, paused, alerts, figures, omitted: heard.omitted + others.omitted, model };
}

/** Those without figures: all who are known otherwise, and of the rest, heard before the window, as many as there is room for. */
function othersIn(all: Iterable<LastHeard>, figures: Status["figures"], known: ReadonlySet<string>, since: number) {
  const agents: LastHeard[] = [];
  let [room, omitted] = [mostAgents - figures.size, 0];
  for (const it of all) {
    if (figures.has(it.agentId)) continue;
    const isOlder = it.lastHeard < since;
    if (known.has(it.agentId) || (isOlder && room-- > 0)) agents.push(it);
    else if (isOlder) omitted++;
  }
  return { agents, omitted };
}

/** Who has not spoken in the last minute has 0 of everything; what calls did not tell is not known. */
function liveAgents(agents: readonly LastHeard[], lastMinute: readonly AgentFigures[]): LiveAgent[] {
  const now = new Map(lastMinute.map((it) => [it.agentId, it]));
  return agents.map(({ agentId, lastHeard }) => {
    const it = now.get(agentId);
    return {
      agentId,
      heard: lastHeard,
      callsPerMinute: it?.calls ?? 0,
      errorsPerMinute: it?.errors ?? 0,
      tokensPerMinute: !it || it.calls === 0 || it.told > 0 ? (it?.inputTokens ?? 0) + (it?.outputTokens ?? 0) : null,
      usdPerHour: !it || it.calls === 0 || (it.priced > 0 && it.unpriced === 0) ? (it?.costUsd ?? 0) * 60 : null,
      p95Ms: it?.p95Ms ?? null,
    };
  });
}
