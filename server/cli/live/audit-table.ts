/** The table that `cockpit audit` shows while it runs: who needs somebody first, as many agents as the window has room for, the others in a line. */
import { severities } from "../../engine/finding.ts";
import { type Health, healths } from "../../fleet/model/fleet-row.ts";
import { healthOf } from "../../fleet/model/health.ts";
import { plural } from "../../fleet/model/plural.ts";
import type { AgentProgress, AuditProgress } from "../../host/audit-progress.ts";
import type { Terminal } from "../terminal.ts";
import { agentLines } from "./agent-table.ts";
import { healthPaint } from "./health-paint.ts";
import type { Size } from "./live-area.ts";
import type { Cell, Column } from "./table.ts";

type Colors = Terminal["colors"];

export function auditLines(progress: AuditProgress, size: Size, colors: Colors): string[] {
  const agents = byNeed(progress.agents());
  const headline = [headlineOf(progress.all(), agents.length)];
  return agentLines({ headline, agents, columns, rowOf: (it) => rowOf(it, colors), stateOf }, size, colors);
}

const columns: readonly Column[] = [
  { head: "health", width: 8, rank: 1 },
  { head: "agent", width: 0, rank: 0 },
  { head: "phase", width: 8, rank: 6 },
  { head: "files", width: 9, align: "right", rank: 4 },
  { head: "errors", width: 6, align: "right", rank: 2 },
  { head: "warnings", width: 8, align: "right", rank: 3 },
  { head: "info", width: 5, align: "right", rank: 5 },
];

function rowOf(agent: AgentProgress, colors: Colors): Cell[] {
  const { id, phase, done, total, bySeverity } = agent;
  const health = healthSoFar(agent);
  const number = (n: number, paint: (text: string) => string): Cell => ({
    text: n.toLocaleString("en-US"),
    paint: n > 0 ? paint : colors.dim,
  });
  return [
    { text: phase === "done" || health !== "green" ? health : "", paint: healthPaint(health, colors) },
    { text: id },
    { text: phase, paint: phase === "done" ? colors.dim : (text) => text },
    { text: done === total ? total.toLocaleString("en-US") : `${done.toLocaleString("en-US")}/${total.toLocaleString("en-US")}` },
    number(bySeverity.error, colors.red),
    number(bySeverity.warning, colors.yellow),
    number(bySeverity.info, colors.cyan),
  ];
}

/** As far as findings have come in. */
const healthSoFar = ({ bySeverity, notRun }: AgentProgress): Health =>
  healthOf({ findings: severities.filter((it) => bySeverity[it] > 0).map((severity) => ({ severity })), notRun: Array(notRun) });

/** Nobody is green before all of its files have been looked at. */
function stateOf(agent: AgentProgress): string {
  const health = healthSoFar(agent);
  return agent.phase === "done" || health !== "green" ? health : "not known yet";
}

/** The worst first, then who is at work. */
function byNeed(agents: readonly AgentProgress[]): AgentProgress[] {
  const needs = (it: AgentProgress) => [
    healths.indexOf(healthSoFar(it)),
    -it.bySeverity.error,
    -it.bySeverity.warning,
    isAtWork(it) ? 0 : 1,
  ];
  return agents
    .map((agent) => ({ agent, need: needs(agent) }))
    .sort((a, b) => compareEach(a.need, b.need) || (a.agent.id < b.agent.id ? -1 : 1))
    .map((it) => it.agent);
}

const isAtWork = ({ phase }: AgentProgress) => phase === "checking" || phase === "linking";

function compareEach(a: readonly number[], b: readonly number[]): number {
  for (const [i, it] of a.entries()) if (it !== b[i]) return it - (b[i] ?? 0);
  return 0;
}

function headlineOf({ phase, done, total, bySeverity }: ReturnType<AuditProgress["all"]>, agents: number): string {
  const files = done < total ? `${done.toLocaleString("en-US")} of ${plural(total, "file")}` : plural(total, "file");
  const found = [plural(bySeverity.error, "error"), plural(bySeverity.warning, "warning")].join(", ");
  return [`auditing ${files}`, plural(agents, "agent"), found, phase === "linking" ? "across files" : ""].filter(Boolean).join(" · ");
}
