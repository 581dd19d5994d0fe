/** What the status item says in each state of the server. */
import { providerNames } from "../../server/protocol/auth.ts";
import type { Login } from "../auth/logins.ts";
import { findingsIn, fleetItems, plural } from "../fleet/fleet-model.ts";
import type { ServerState } from "../server.ts";

export interface StatusText {
  /** With VS Code's `$(icon)` marks. */
  text: string;
  tooltip: string;
  /** Whether something needs the person's eye. */
  problem: boolean;
}

export function statusText(state: ServerState): StatusText {
  if (state.kind === "error")
    return { text: "$(error) Cockpit", tooltip: `AgentOps Cockpit: ${state.message}. Click for the log.`, problem: true };
  const fleet = state.kind === "ready" ? state.fleet : undefined;
  if (state.kind === "starting" || !fleet) return { text: "$(sync~spin) Cockpit", tooltip: "AgentOps Cockpit is starting", problem: false };
  const agents = fleet.folders.flatMap((it) => it.agents);
  const findings = findingsIn(fleetItems(fleet)).length;
  const said = `${plural(findings, "finding")} in ${plural(agents.length, "agent")}`;
  if (fleet.auditing) return { text: "$(sync~spin) Cockpit", tooltip: `AgentOps Cockpit is auditing; so far ${said}`, problem: false };
  const icon = agents.some((it) => it.health === "critical") ? "flame" : findings > 0 ? "warning" : "pass";
  return { text: `$(${icon}) Cockpit ${findings}`, tooltip: `AgentOps Cockpit: ${said}. Click for what you can do.`, problem: false };
}

/** Account and expiry of a login, a line. */
export function loginText({ provider, account, expiresAt }: Login): string {
  const until = expiresAt === null ? "" : `, until ${new Date(expiresAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  return `${providerNames[provider]}: ${account}${until}`;
}
