/** What the language server and the editor's client say to each other besides LSP itself. Loaded by both; the schemas check at the door. */
import * as z from "zod";
import { healths } from "../fleet/model/fleet-row.ts";
import { auditedSchema, type findingSchema, outcomeSchema } from "./audited.ts";
import { problem } from "./problem.ts";
import { changeKinds, partIds, scaffoldLanguages } from "./scaffold.ts";

/** Request without parameters: audits every workspace folder anew, tells of the fleet and then answers with an `AuditCount`. Reports work-done progress. */
export const auditMethod = "cockpit/audit";
/** Request without parameters: applies every safe fix of the workspace through `workspace/applyEdit` and answers with `FixAllResult`. */
export const fixAllMethod = "cockpit/fixAll";
/** Notification from the server: `FleetNews`, whenever the fleet has changed. `foldFleet` makes a `Fleet` of them. */
export const fleetMethod = "cockpit/fleet";
/** Request with `ScaffoldParams`: plans what an agent lacks, writes nothing and answers with a `ScaffoldAnswer`. */
export const planScaffoldMethod = "cockpit/scaffold/plan";
/** Request with `ApplyScaffoldParams`: writes, all or nothing, the plan that was shown and answers with an `AppliedScaffold`. */
export const applyScaffoldMethod = "cockpit/scaffold/apply";

const agent = auditedSchema.extend({ health: z.enum(healths) });

export const fleetSchema = z.object({
  /** Whether an audit of the workspace is under way; what follows is then the one before, updated by open documents. */
  auditing: z.boolean(),
  folders: z.array(
    z.object({
      /** The workspace folder's URI. */
      uri: z.string(),
      agents: z.array(agent),
      /** What belongs to no agent. */
      outside: outcomeSchema,
    }),
  ),
});

/** What has changed of the fleet. A large change comes in pieces, so that nobody is kept waiting by one. */
export const fleetNewsSchema = z.object({
  auditing: z.boolean(),
  /** Nothing that was told before holds. */
  reset: z.boolean(),
  /** Pieces follow that belong to this one. */
  more: z.boolean(),
  /** URIs of all workspace folders. */
  folders: z.array(z.string()),
  changes: z.array(
    z.object({
      uri: z.string(),
      /** New or other ones. */
      agents: z.array(agent),
      /** Ids of agents that are no more. */
      gone: z.array(z.string()),
      /** Absent where it is the same. */
      outside: outcomeSchema.exactOptional(),
    }),
  ),
});

/** What an audit found, in numbers: the fleet itself is told in pieces. */
export const auditCountSchema = z.object({ agents: z.int().min(0), findings: z.int().min(0) });

export const fixAllResultSchema = z.object({ fixed: z.int().min(0), files: z.int().min(0) });

export const scaffoldParamsSchema = z.object({
  /** The workspace folder's URI. */
  folder: z.string(),
  /** By its id. */
  agent: z.string(),
  language: z.enum(scaffoldLanguages),
  parts: z.array(z.enum(partIds)),
});

/** With the `digest` of the plan that a person saw: another plan is not written. */
export const applyScaffoldParamsSchema = scaffoldParamsSchema.extend({ digest: z.string() });

const scaffoldPlan = z.object({
  digest: z.string(),
  files: z.array(
    z.object({
      uri: z.string(),
      /** As a person is told it. */
      path: z.string(),
      how: z.enum(changeKinds),
      /** `null` when it is not there yet. */
      before: z.nullable(z.string()),
      after: z.string(),
    }),
  ),
  /** Left alone, with what would be generated. */
  refused: z.array(z.object({ uri: z.string(), path: z.string(), reason: z.string(), before: z.string(), proposal: z.string() })),
});

export const scaffoldAnswerSchema = z.union([problem, scaffoldPlan]);

/** `next` is what is left to a person, in sentences. */
export const appliedScaffoldSchema = z.union([problem, z.object({ written: z.array(z.string()), next: z.array(z.string()) })]);

export type ScaffoldParams = z.infer<typeof scaffoldParamsSchema>;
export type ScaffoldPlanMessage = z.infer<typeof scaffoldPlan>;
export type ScaffoldAnswer = z.infer<typeof scaffoldAnswerSchema>;
export type AppliedScaffold = z.infer<typeof appliedScaffoldSchema>;
export type FleetFinding = z.infer<typeof findingSchema>;
export type FleetAgent = z.infer<typeof agent>;
export type FleetNews = z.infer<typeof fleetNewsSchema>;
export type Fleet = z.infer<typeof fleetSchema>;
export type AuditCount = z.infer<typeof auditCountSchema>;
export type FixAllResult = z.infer<typeof fixAllResultSchema>;
