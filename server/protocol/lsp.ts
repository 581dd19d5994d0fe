/** What the language server and the editor's client say to each other besides LSP itself. Loaded by both; the schemas check at the door. */
import * as z from "zod";
import { severities } from "../engine/finding.ts";
import { healths } from "./report.ts";

/** Request without parameters: audits every workspace folder anew and answers with the `Fleet`. Reports work-done progress. */
export const auditMethod = "cockpit/audit";
/** Request without parameters: applies every safe fix of the workspace through `workspace/applyEdit` and answers with `FixAllResult`. */
export const fixAllMethod = "cockpit/fixAll";
/** Notification from the server: the `Fleet`, whenever it changed. */
export const fleetMethod = "cockpit/fleet";

const position = z.object({ line: z.int().min(1), column: z.int().min(1) });

const finding = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  message: z.string(),
  /** Relative to the folder, `/`-separated. */
  file: z.string(),
  /** 1-based line and column in UTF-16 units. */
  start: position,
  end: position,
  fix: z.nullable(z.object({ title: z.string(), safety: z.enum(["safe", "suggestion"]) })),
});

const notRun = z.object({ file: z.string(), reason: z.string() });

const agent = z.object({
  id: z.string(),
  /** Relative to the folder, `/`-separated; `.` for the folder itself. */
  root: z.string(),
  language: z.string(),
  frameworks: z.array(z.string()),
  health: z.enum(healths),
  findings: z.array(finding),
  notRun: z.array(notRun),
});

export const fleetSchema = z.object({
  /** Whether an audit of the workspace is under way; what follows is then the one before, updated by open documents. */
  auditing: z.boolean(),
  folders: z.array(
    z.object({
      /** The workspace folder's URI. */
      uri: z.string(),
      agents: z.array(agent),
      /** What belongs to no agent. */
      outside: z.object({ findings: z.array(finding), notRun: z.array(notRun) }),
    }),
  ),
});

export const fixAllResultSchema = z.object({ fixed: z.int().min(0), files: z.int().min(0) });

export type FleetFinding = z.infer<typeof finding>;
export type FleetAgent = z.infer<typeof agent>;
export type Fleet = z.infer<typeof fleetSchema>;
export type FixAllResult = z.infer<typeof fixAllResultSchema>;
