/** What an audit says of an agent, as the editor and the Forest are told it. */
import * as z from "zod";
import { severities } from "../engine/finding.ts";

const position = z.object({ line: z.int().min(1), column: z.int().min(1) });

export const findingSchema = z.object({
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

/** Findings, and checks that could not run. */
export const outcomeSchema = z.object({
  findings: z.array(findingSchema),
  notRun: z.array(z.object({ file: z.string(), reason: z.string() })),
});

export const auditedSchema = outcomeSchema.extend({
  id: z.string(),
  /** Relative to the folder, `/`-separated; `.` for the folder itself. */
  root: z.string(),
  language: z.string(),
  frameworks: z.array(z.string()),
  /** As CODEOWNERS names them. */
  owners: z.array(z.string()),
});
