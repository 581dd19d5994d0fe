/** What an alert says to people, in a sentence. What a sender named is told apart from our words and may hold anything: who shows it escapes it. */
import type { Alert, AlertKind } from "./anomaly/alert.ts";

const titles: Readonly<Record<AlertKind, string>> = {
  "cost-rate": "spends faster than it should",
  "token-use": "uses more tokens than it should",
  latency: "answers later than it should",
  "error-rate": "fails more often than it should",
  silence: "is silent although it should speak",
  loop: "repeats its calls with a growing context",
  "new-model": "calls a model that it never called before",
  budget: "has spent more than its budget",
  spike: "shows a spike",
  "level-shift": "runs on another level",
  trend: "drifts",
  "changed-variance": "varies in another way",
  "missing-rhythm": "has lost its daily rhythm",
};

export function alertText({ kind, agentId, about, expected, seen, unit, sure, status, closed }: Alert): string {
  const what = about ? ` (${about})` : "";
  if (status === "closed") return `${agentId} no longer ${titles[kind]}${what}: ${closed ?? "over"}`;
  const isKnown = Number.isFinite(expected) && Number.isFinite(seen);
  if (kind === "budget") return `${agentId} ${titles[kind]}${isKnown ? `: ${exact(seen)} of ${exact(expected)} ${unit}` : what}`;
  const numbers = isKnown ? `: ${`${figure(seen)} ${unit}`.trimEnd()}, expected ${figure(expected)}` : "";
  return `${agentId} ${titles[kind]}${what}${numbers}; sure to ${Math.round(sure * 100)} %`;
}

const withDigits = (most: number) => {
  const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: most });
  return (value: number) => (Math.abs(value) < 1e15 ? format.format(value) : value.toPrecision(3));
};

const figure = withDigits(3);
/** Of a budget it must show that what was spent is more. */
const exact = withDigits(8);
