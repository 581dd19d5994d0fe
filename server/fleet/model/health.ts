/** The one place that decides what health an agent has, and says why. */
import { alertText } from "../alert-text.ts";
import type { Alert, AlertKind } from "../anomaly/alert.ts";
import { type AuditedAgent, type AuditedFinding, type Health, healths, type Pausing, type Reason } from "./fleet-row.ts";
import { plural } from "./plural.ts";

type Findings = readonly Pick<AuditedFinding, "severity">[];

/** Of what an audit found: an error is critical, a warning is a warning, and so is a check that could not run. */
export function healthOf({ findings, notRun }: { readonly findings: Findings; readonly notRun: readonly unknown[] }): Health {
  if (findings.some((it) => it.severity === "error")) return "critical";
  return notRun.length > 0 || findings.some((it) => it.severity === "warning") ? "warning" : "green";
}

/** What costs money or fails a user while nobody looks. Other kinds are worth a look, and no more. */
const urgent: ReadonlySet<AlertKind> = new Set(["budget", "loop", "cost-rate", "error-rate", "silence"]);
const sureFrom = 0.8;

/** Of an open alert. */
export const alertHealth = ({ kind, sure }: Alert): Health => (urgent.has(kind) && sure >= sureFrom ? "critical" : "warning");

const worse = (a: Health, b: Health): Health => (healths.indexOf(a) <= healths.indexOf(b) ? a : b);

export const worstOf = (reasons: readonly Reason[]): Health => reasons.reduce<Health>((worst, it) => worse(worst, it.health), "green");

interface Known {
  readonly audited: AuditedAgent | undefined;
  readonly alerts: readonly Alert[];
  readonly paused: Pausing | undefined;
}

/** The worst first, what happens now before what was found. Who is paused is silent because of that. */
export function reasonsOf({ audited, alerts, paused }: Known): Reason[] {
  const counted = paused ? alerts.filter((it) => it.kind !== "silence") : alerts;
  const now = counted.map((it) => ({ health: alertHealth(it), text: alertText(it), since: it.since }));
  const found = audited ? foundIn(audited) : [];
  return [...now, ...found].sort((a, b) => healths.indexOf(a.health) - healths.indexOf(b.health));
}

function foundIn({ findings, notRun }: AuditedAgent): Reason[] {
  const reasons: Reason[] = [];
  const add = (health: Health, text: string) => reasons.push({ health, text, since: undefined });
  const of = (severity: AuditedFinding["severity"]) => findings.filter((it) => it.severity === severity);
  const [errors, warnings] = [of("error"), of("warning")];
  if (errors.length > 0) add("critical", `${plural(errors.length, "error")}: ${rulesOf(errors)}`);
  if (warnings.length > 0) add("warning", `${plural(warnings.length, "warning")}: ${rulesOf(warnings)}`);
  const [first] = notRun;
  if (first) add("warning", `${plural(notRun.length, "check")} could not run: ${first.file}: ${first.reason}`);
  return reasons;
}

function rulesOf(findings: readonly AuditedFinding[]): string {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const rules = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const named = rules.slice(0, mostNamed).map(([rule, n]) => (n === 1 ? rule : `${rule} (${n})`));
  return `${named.join(", ")}${rules.length > mostNamed ? ", …" : ""}`;
}
const mostNamed = 5;

/** Since when at least it is as unwell as the worst of them; `undefined` where none knows. */
export function sinceOf(reasons: readonly Reason[]): number | undefined {
  const [worst] = reasons;
  const times = reasons.flatMap((it) => (it.health === worst?.health && it.since !== undefined ? [it.since] : []));
  return times.length > 0 ? Math.min(...times) : undefined;
}
