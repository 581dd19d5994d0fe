/** How the fleet is now, by the one model of it: findings of an audit, figures and alerts of the lake, pauses. */
import type { Alert } from "../../fleet/anomaly/alert.ts";
import { createFleetModel, type FleetModel } from "../../fleet/model/fleet-model.ts";
import type { AuditedAgent, LiveAgent } from "../../fleet/model/fleet-row.ts";
import type { AgentFigures, FleetFigures } from "../../telemetry/lake/figures.ts";
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
  /** What the lake says of each agent over a window. */
  figures(since: number, until: number): Promise<FleetFigures>;
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

export async function statusNow({ cockpit, since, until, figures: of, only, audited }: StatusOptions): Promise<Status> {
  const isMeant = (id: string) => only === undefined || id === only;
  const { agents: heard, omitted } = await of(since, until);
  const alerts = openAlertsIn(lakeFileIn(cockpit), since).filter((it) => isMeant(it.agentId));
  const paused = await readMothballs(cockpit);
  const watcher = await watcherOf(cockpit);
  // Without a watcher rates are not known, and in BigQuery a second question costs money.
  const lastMinute = watcher ? (await of(until - minute, until)).agents : [];
  const model = createFleetModel();
  model.watch(watcher ? { kind: "watching", eventsPerSecond: null } : { kind: "off" });
  model.audit(audited.filter((it) => isMeant(it.id)));
  model.live(liveAgents(heard, lastMinute));
  model.openAlerts(alerts);
  model.pause(new Map([...paused].filter(([id]) => id === "*" || isMeant(id))));
  const figures = new Map(heard.map((it) => [it.agentId, it]));
  return { watcher, paused, alerts, figures, omitted, model };
}

const minute = 60_000;

/** Who has not spoken in the last minute has 0 of everything. */
function liveAgents(heard: readonly AgentFigures[], lastMinute: readonly AgentFigures[]): LiveAgent[] {
  const now = new Map(lastMinute.map((it) => [it.agentId, it]));
  return heard.map(({ agentId, lastHeard }) => {
    const it = now.get(agentId);
    return {
      agentId,
      heard: lastHeard,
      callsPerMinute: it?.calls ?? 0,
      errorsPerMinute: it?.errors ?? 0,
      tokensPerMinute: (it?.inputTokens ?? 0) + (it?.outputTokens ?? 0),
      usdPerHour: it?.unpriced ? null : (it?.costUsd ?? 0) * 60,
      p95Ms: it?.p95Ms ?? null,
    };
  });
}
