/** What the Forest and the extension that hosts it say to each other. Each side checks what it hears with these. */
import * as z from "zod";
import { rangeNames } from "../fleet/model/fleet-row.ts";
import { auditedSchema } from "./audited.ts";
import { agentDetailSchema, alertSchema, liveAgentSchema, mostLookedAt, mothballedSchema } from "./fleet-watch.ts";
import { parsedJson } from "./json.ts";

/** `AuditedAgent`. */
const auditedAgent = auditedSchema.extend({ key: z.string(), folder: z.string() });

/** `Watching`. */
const watching = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("off") }),
  z.object({ kind: z.literal("watching"), eventsPerSecond: z.nullable(z.number()) }),
  z.object({ kind: z.literal("lost"), since: z.number(), message: z.string() }),
]);

/** How the language server is, which audits. */
const serverStates = ["starting", "auditing", "ready", "error"] as const;

const hostMessageSchema = z.discriminatedUnion("kind", [
  /** Answers `ready`: nothing that was said before holds. `hasFolder`: whether a workspace is open; `isTrusted`: whether Live Wire may run in it. */
  z.object({ kind: z.literal("begin"), hasFolder: z.boolean(), isTrusted: z.boolean() }),
  /** All that was known at `begin` has been said. */
  z.object({ kind: z.literal("told") }),
  z.object({ kind: z.literal("server"), state: z.enum(serverStates), message: z.string() }),
  /** Agents that are new or other ones than said before; `gone` are keys. */
  z.object({ kind: z.literal("audit"), agents: z.array(auditedAgent), gone: z.array(z.string()) }),
  z.object({ kind: z.literal("watching"), watching, starts: z.boolean() }),
  /** As the watcher's `agents`. */
  z.object({ kind: z.literal("live"), reset: z.boolean(), agents: z.array(liveAgentSchema), gone: z.array(z.string()) }),
  /** All that are open. */
  z.object({ kind: z.literal("openAlerts"), alerts: z.array(alertSchema) }),
  z.object({ kind: z.literal("alert"), alert: alertSchema }),
  z.object({ kind: z.literal("mothballs"), mothballed: mothballedSchema }),
  z.object({ kind: z.literal("detail"), detail: agentDetailSchema }),
  /** What became of something that the view asked for, in a sentence. */
  z.object({ kind: z.literal("said"), text: z.string(), isProblem: z.boolean() }),
]);

const key = z.string().min(1);
/** A finding by its place in what the host said last of the agent. */
const findingPlace = z.object({ key, rule: z.string(), file: z.string(), line: z.int().min(1), column: z.int().min(1) });

/** Of what is exported, characters. */
export const mostExported = 64 * 1024 * 1024;
export const longestReason = 500;

export const viewMessageSchema = z.discriminatedUnion("kind", [
  /** The view listens and knows nothing yet. */
  z.object({ kind: z.literal("ready") }),
  /** Agents whose details are on the screen; it replaces what was said before. */
  z.object({ kind: z.literal("look"), agents: z.array(z.string()).max(mostLookedAt), range: z.enum(rangeNames) }),
  z.object({ kind: z.literal("openFinding"), place: findingPlace }),
  z.object({ kind: z.literal("applyFix"), place: findingPlace }),
  z.object({ kind: z.literal("explainRule"), rule: z.string() }),
  z.object({ kind: z.literal("openAgent"), key }),
  z.object({ kind: z.literal("mothball"), agentId: z.string().min(1), reason: z.string().trim().min(1).max(longestReason) }),
  z.object({ kind: z.literal("resume"), agentId: z.string().min(1), reason: z.string().trim().max(longestReason) }),
  z.object({ kind: z.literal("copy"), text: z.string().max(mostExported) }),
  /** To a file that the person chooses. `content` is text, or a picture in Base64. */
  z.object({ kind: z.literal("export"), format: z.enum(["svg", "png", "json", "csv"]), content: z.string().max(mostExported) }),
  z.object({ kind: z.literal("auditWorkspace") }),
  z.object({ kind: z.literal("showLog") }),
  z.object({ kind: z.literal("startLiveWire") }),
  z.object({ kind: z.literal("restartServer") }),
]);

/** As it is sent: JSON text, of which VS Code makes and copies no objects on the way. */
export const hostTextSchema = z.string().transform(parsedJson).pipe(hostMessageSchema);

export type HostMessage = z.output<typeof hostMessageSchema>;
export type ServerWord = (typeof serverStates)[number];
export type ViewMessage = z.output<typeof viewMessageSchema>;
export type FindingPlace = z.infer<typeof findingPlace>;
export type ExportFormat = Extract<ViewMessage, { kind: "export" }>["format"];
