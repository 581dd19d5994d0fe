/** A report with everything in it, and one of nothing but names and messages that would break it. */
import { type AgentEntry, entryOf, type FleetDocument } from "../../server/cli/format/fleet-document.ts";
import { type FleetRow, type Health, healths } from "../../server/fleet/model/fleet-row.ts";
import { hostileTexts } from "../hostile.ts";

const since = Date.UTC(2026, 10, 25, 14, 5);

const plain: AgentEntry = {
  name: "calm",
  health: "green",
  facts: ["agents/calm", "go"],
  reasons: [],
  since: undefined,
  paused: undefined,
  alerts: [],
  figures: [],
  detailed: [],
  others: [],
  hidden: "",
  notRun: [],
};

const finding = {
  severity: "error",
  rule: "untracked-client",
  message: "No telemetry covers the calls of this `OpenAI`",
  fix: { title: "Wrap it", safety: "safe" },
  place: "agents/billing/agent.py:3:10",
  excerpt: { line: 3, text: "client = OpenAI()", start: 9, end: 17 },
} as const;

const figures = [
  ["calls/min", "12"],
  ["USD/h", "1.20"],
] as const;

export const exampleDocument: FleetDocument = {
  title: "Audit",
  facts: ["4 agents", "120 files", "1.2 s"],
  outcome: [
    { text: "1 error", tone: "error" },
    { text: "2 warnings", tone: "warning" },
    { text: "1 check not run", tone: "odd" },
    { text: "cockpit fix repairs 1", tone: "plain" },
    { text: "all is well", tone: "good" },
  ],
  agents: [
    {
      ...plain,
      name: "billing",
      health: "critical",
      facts: ["agents/billing", "python", "OpenAI", "@money"],
      reasons: [{ health: "critical", text: "1 error: untracked-client", since: undefined }],
      since,
      paused: "by ann at 2026-11-25T14:06:00.000Z: runaway loop",
      alerts: ["billing spends faster than it should: 12 USD/h, expected 1; sure to 97 %"],
      figures,
      detailed: [finding],
      others: [{ ...finding, severity: "warning", rule: "E701", message: "Several statements on one line", excerpt: undefined }],
      hidden: "3 more: E701 × 3",
      notRun: [{ place: "agents/billing/huge.py", reason: "it is larger than 4 MiB" }],
    },
    {
      ...plain,
      name: "search",
      health: "warning",
      reasons: [{ health: "warning", text: "2 warnings: E701 (2)", since: undefined }],
      figures,
      others: [{ ...finding, severity: "warning", excerpt: undefined }],
    },
    plain,
    { ...plain, name: "quiet" },
  ],
};

const at = { line: 1, column: 1 };

function hostileRow(text: string, health: Health, i: number): FleetRow {
  const found = {
    rule: text,
    message: text,
    file: text,
    start: at,
    end: { line: 1, column: 4 },
    fix: { title: text, safety: "safe" },
  } as const;
  return {
    key: `${i}`,
    agentId: text,
    health,
    reasons: health === "green" ? [] : [{ health, text, since }],
    since,
    freshness: "live",
    paused: { by: text, at: text, reason: text },
    audited: {
      key: `${i}`,
      id: text,
      folder: "",
      root: text,
      language: text,
      frameworks: [text],
      owners: [text],
      findings: (["error", "warning"] as const).map((severity) => ({ ...found, severity })),
      notRun: [{ file: text, reason: text }],
    },
    live: undefined,
    alerts: [{ ...alert, agentId: text, about: text, unit: text }],
  };
}

const alert = {
  id: "a",
  groupId: "a",
  kind: "cost-rate",
  status: "opened",
  since,
  updated: since,
  expected: 1,
  seen: 12,
  sure: 0.97,
  events: [],
} as const;

/** Every text as everything of an agent of every health. */
export async function hostileDocument(verbose = false): Promise<FleetDocument> {
  const rows = hostileTexts.flatMap((text) => healths.map((health, i) => hostileRow(text, health, i)));
  const agents = [];
  for (const row of rows)
    agents.push(
      await entryOf(row, {
        verbose,
        shown: (file) => file,
        lineOf: async (file) => file,
        figuresOf: ({ agentId }) => [["calls/min", agentId]],
      }),
    );
  return { title: "Fleet", facts: hostileTexts, outcome: hostileTexts.map((text) => ({ text, tone: "plain" })), agents };
}
