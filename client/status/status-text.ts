/** What the status item says in each state of the server and of Live Wire. */
import { plural } from "../../server/fleet/model/plural.ts";
import { providerNames } from "../../server/protocol/auth.ts";
import { countOf } from "../../server/protocol/count-fleet.ts";
import type { Login } from "../auth/logins.ts";
import type { Listening, LiveState } from "../live/live-state.ts";
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
  const { agents, findings } = countOf(fleet);
  const said = `${plural(findings, "finding")} in ${plural(agents, "agent")}`;
  if (fleet.auditing)
    return {
      text: "$(sync~spin) Cockpit",
      tooltip: `AgentOps Cockpit is auditing: ${said} so far, which may be of before`,
      problem: false,
    };
  const icon = fleet.folders.some((it) => it.agents.some(({ health }) => health === "critical"))
    ? "flame"
    : findings > 0
      ? "warning"
      : "pass";
  return { text: `$(${icon}) Cockpit ${findings}`, tooltip: `AgentOps Cockpit: ${said}. Click for what you can do.`, problem: false };
}

/** What stands behind the server's text; nothing while Live Wire is off. */
export function liveText(state: LiveState): StatusText {
  switch (state.kind) {
    case "off":
      return { text: "", tooltip: "", problem: false };
    case "starting":
      return { text: "$(broadcast)$(sync~spin)", tooltip: "Live Wire is starting", problem: false };
    case "restarting":
      return { text: "$(broadcast)$(sync~spin)", tooltip: `Live Wire is started again: ${state.message}`, problem: false };
    case "failed":
      return { text: "$(broadcast)$(error)", tooltip: `Live Wire does not run: ${state.message}`, problem: true };
    case "listening":
      return listeningText(state);
  }
}

/** Made once: it is told every few seconds. */
const rates = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function listeningText({ url, open, eventsPerSecond }: Listening): StatusText {
  const rate = eventsPerSecond === undefined ? "" : `: ${rates.format(eventsPerSecond)} events/s`;
  const alerts = open.size === 0 ? "no open alerts" : plural(open.size, "open alert");
  const text = open.size === 0 ? "$(broadcast)" : `$(broadcast)$(bell-dot) ${open.size}`;
  return { text, tooltip: `Live Wire listens on ${url}${rate}, ${alerts}`, problem: false };
}

/** Account and expiry of a login, a line. */
export function loginText({ provider, account, expiresAt }: Login): string {
  const until = expiresAt === null ? "" : `, until ${new Date(expiresAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  return `${providerNames[provider]}: ${account}${until}`;
}
