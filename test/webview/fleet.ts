/** Fleets to show: what the host would say of them. */
import type { LiveAgent } from "../../server/fleet/model/fleet-row.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";

type Said<Kind extends HostMessage["kind"]> = Extract<HostMessage, { kind: Kind }>;
export type Audited = Said<"audit">["agents"][number];
export type Alert = Said<"alert">["alert"];

const folder = "file:///projects/fleet";
const languages = ["python", "typescript", "go", "javascript"];

export function finding(change: Partial<Audited["findings"][number]> = {}): Audited["findings"][number] {
  return {
    rule: "uncapped-client",
    severity: "warning",
    message: "No budget limits what this client spends.",
    file: "agents/billing/main.py",
    start: { line: 12, column: 10 },
    end: { line: 12, column: 18 },
    fix: { title: "Wrap the client so that a budget limits it", safety: "suggestion" },
    ...change,
  };
}

export function agent(id: string, change: Partial<Audited> = {}): Audited {
  const root = `agents/${id}`;
  return {
    key: `${folder} ${root}`,
    id,
    folder,
    root,
    language: "python",
    frameworks: ["openai"],
    owners: [],
    findings: [],
    notRun: [],
    ...change,
  };
}

export const alert = (agentId: string, change: Partial<Alert> = {}): Alert => ({
  id: `budget-${agentId}`,
  groupId: `budget-${agentId}`,
  kind: "budget",
  agentId,
  about: "tokens/hour",
  status: "opened",
  since: Date.now() - 125_000,
  updated: Date.now(),
  expected: 10_000,
  seen: 55_300,
  unit: "tokens an hour",
  sure: 1,
  events: [],
  ...change,
});

export const live = (agentId: string, change: Partial<LiveAgent> = {}): LiveAgent => ({
  agentId,
  heard: Date.now() - 1500,
  callsPerMinute: 42,
  errorsPerMinute: 1,
  tokensPerMinute: 18_250,
  usdPerHour: 1.27,
  p95Ms: 1830,
  ...change,
});

/** A wave with a gap in it, where nobody watched. */
export function detail(agentId: string, steps = 60): Said<"detail">["detail"] {
  const stepMs = 15_000;
  const start = Date.now() - steps * stepMs;
  const wave = (height: number, phase: number) =>
    Array.from({ length: steps }, (_, at) =>
      at > 10 && at < 16 ? null : Math.max(0, height * (1 + Math.sin(at / 5 + phase)) + (at % 7) * height * 0.05),
    );
  const event = (at: number) => ({
    id: `event-${at}`,
    time: Date.now() - (5 - at) * 2000,
    operation: "chat",
    model: "gpt-test",
    tokens: 420 + at,
    costUsd: at === 2 ? null : 0.0123,
    durationMs: 900 + at * 100,
    error: at === 4 ? "429 Too Many Requests" : null,
  });
  return {
    agentId,
    start,
    stepMs,
    until: start + steps * stepMs,
    calls: wave(10, 0),
    errors: wave(0.4, 2),
    tokens: wave(4000, 0),
    usd: wave(0.004, 0),
    p95Ms: wave(1500, 1),
    lastEvents: [0, 1, 2, 3, 4].map(event),
  };
}

const error = (line: number): Audited["findings"][number] =>
  finding({
    rule: "missing-surface-id",
    severity: "error",
    message: "`A2UIRenderer` requires `surfaceId`.",
    start: { line, column: 5 },
    end: { line, column: 20 },
    fix: null,
  });

/** Three that burn, a few to look at, the rest green. */
export function fleet(
  count: number,
  { critical = Math.min(3, count), warnings = Math.min(8, Math.max(0, count - critical)) } = {},
): Audited[] {
  return Array.from({ length: count }, (_, at) => {
    const id = at < names.length ? (names[at] ?? "") : `agent-${String(at).padStart(5, "0")}`;
    const findings = at < critical ? [error(7 + at), finding()] : at < critical + warnings ? [finding()] : [];
    const root = `teams/team-${at % 20}/${id}`;
    return agent(id, {
      key: `${folder} ${root}`,
      root,
      language: languages[at % languages.length] ?? "python",
      owners: [`@acme/team-${at % 20}`],
      findings,
    });
  });
}

const names = [
  "billing",
  "triage",
  "planner",
  "researcher",
  "writer",
  "concierge",
  "storefront",
  "invoice-reader",
  "pager",
  "translator",
  "scout",
];

export const begin: HostMessage = { kind: "begin", hasFolder: true, isTrusted: true };
export const ready: HostMessage = { kind: "server", state: "ready", message: "" };
export const told: HostMessage = { kind: "told" };
export const watching = (eventsPerSecond: number | null): HostMessage => ({
  kind: "watching",
  starts: false,
  watching: { kind: "watching", eventsPerSecond },
});
export const off: HostMessage = { kind: "watching", starts: false, watching: { kind: "off" } };
export const lost: HostMessage = {
  kind: "watching",
  starts: false,
  watching: { kind: "lost", since: Date.now() - 190_000, message: "the watcher ended (SIGKILL)" },
};

/** In pieces, as the host does. */
export function inPieces<T>(all: readonly T[], say: (piece: T[]) => HostMessage, size = 500): HostMessage[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => say(all.slice(at * size, (at + 1) * size)));
}

export const audit = (agents: readonly Audited[]): HostMessage[] =>
  inPieces(agents, (piece) => ({ kind: "audit", agents: piece, gone: [] }));
export const hear = (agents: readonly LiveAgent[]): HostMessage[] =>
  inPieces(agents, (piece) => ({ kind: "live", reset: false, agents: piece, gone: [] }));
