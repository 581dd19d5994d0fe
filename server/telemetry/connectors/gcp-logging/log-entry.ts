/**
 * Reads what a log sink puts into a Pub/Sub message: one LogEntry as JSON (https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry). Attributes may stand in
 * its labels, in its resource or anywhere in its payload, flat (`"gen_ai.request.model": …`), nested or as OTLP writes them. A payload may also be an event of ours.
 */
import { hash } from "node:crypto";
import * as z from "zod";
import type { FleetEvent } from "../../../fleet/event.ts";
import { readFleetEvent } from "../../../protocol/fleet-event.ts";
import { parsedJson } from "../../../protocol/json.ts";
import { eventOf } from "../../attribute-events.ts";
import { type Attributes, hasMeaning } from "../../attributes.ts";
import { attributesIn } from "./attributes-in.ts";

export type ReadEntry =
  | { event: FleetEvent }
  /** A log line that is about no model and no agent. */
  | { skipped: true }
  /** Why nobody can ever read it. */
  | { malformed: string };

const source = "gcp-logging";

export function readLogEntry(text: string): ReadEntry {
  const json = parsedJson(text);
  if (!isRecord(json)) return { malformed: "no JSON object" };
  if (!isEntry(json)) return plainEvent(camelFields(json), {});
  const entry = logEntry.safeParse(json);
  if (!entry.success)
    return { malformed: `no LogEntry: ${entry.error.issues.map((it) => `${it.path.join(".")}: ${it.message}`).join("; ")}` };
  return readEntry(entry.data);
}

const optionalText = z.string().nullish();
const logEntry = z.object({
  insertId: optionalText,
  timestamp: optionalText,
  receiveTimestamp: optionalText,
  severity: z.union([z.string(), z.number()]).nullish(),
  trace: optionalText,
  spanId: optionalText,
  labels: z.record(z.string(), z.unknown()).nullish(),
  resource: z.object({ labels: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  httpRequest: z.object({ latency: optionalText }).nullish(),
  jsonPayload: z.record(z.string(), z.unknown()).nullish(),
  textPayload: optionalText,
  otel: z.unknown().optional(),
});
type LogEntry = z.output<typeof logEntry>;

/** One of these is in every entry; events that somebody publishes without Logging have none. */
const isEntry = (json: Record<string, unknown>) =>
  ["insertId", "logName", "jsonPayload", "textPayload", "protoPayload", "receiveTimestamp"].some((it) => it in json);

function readEntry(entry: LogEntry): ReadEntry {
  const timestamp = entry.timestamp ?? entry.receiveTimestamp ?? "";
  const time = Date.parse(timestamp);
  if (Number.isNaN(time)) return { malformed: `the entry's time ${JSON.stringify(timestamp.slice(0, 40))} is none` };
  const payload = entry.jsonPayload ?? objectIn(entry.textPayload) ?? {};
  const fields = camelFields(payload);
  const attributes = attributesIn(servingName(entry), entry.resource?.labels, ours(fields), entry.labels, entry.otel, payload);
  const occurrence = {
    id: idOf(entry, timestamp),
    traceId: entry.trace?.split("/").at(-1) || undefined,
    spanId: entry.spanId || undefined,
  };
  if (!hasMeaning(attributes, "operation") && !hasMeaning(attributes, "model"))
    return plainEvent(fields, { ...occurrence, time, error: isError(entry, attributes) ? "error" : undefined });
  const durationMs = durationOf(payload, entry);
  return { event: eventOf(attributes, { ...occurrence, time, durationMs, isError: isError(entry, attributes), source }) };
}

/** Logging takes entries of one project with the same `insertId` and `timestamp` for one: so do we. */
function idOf({ insertId, ...rest }: LogEntry, timestamp: string): string {
  return insertId ? `${insertId}@${timestamp}` : hash("sha256", JSON.stringify(rest), "base64url");
}

/** What runs an agent names it, where the agent itself does not. */
function servingName({ resource }: LogEntry): Attributes {
  const labels = resource?.labels ?? {};
  const name = ["service_name", "reasoning_engine_id", "job_name", "container_name", "function_name"].map((it) => labels[it]).find(Boolean);
  return typeof name === "string" ? { "service.name": name } : {};
}

function isError({ severity }: LogEntry, attributes: Attributes): boolean {
  return hasMeaning(attributes, "error") || Number(severity) >= 500 || /^(ERROR|CRITICAL|ALERT|EMERGENCY)$/.test(String(severity));
}

function durationOf(payload: Record<string, unknown>, { httpRequest }: LogEntry): number | undefined {
  const inMs = [payload.durationMs, payload.duration_ms, payload.latencyMs, payload.latency_ms].find(
    (it) => typeof it === "number" && it >= 0,
  );
  if (typeof inMs === "number") return inMs;
  const seconds = Number(httpRequest?.latency?.replace(/s$/, "") || Number.NaN);
  return seconds >= 0 ? seconds * 1000 : undefined;
}

/** What a payload says in our words beside a convention's attributes. */
function ours({ agentId, costUsd }: Record<string, unknown>): Attributes {
  return {
    ...(typeof agentId === "string" && agentId !== "" ? { "agent.id": agentId } : {}),
    ...(typeof costUsd === "number" ? { "cockpit.cost.usd": costUsd } : {}),
  };
}

/** An event as `docs` describe it. Without an agent and anything that happened it is just a log line. The entry's time and error count where the payload has none that can be read. */
function plainEvent(fields: Record<string, unknown>, entry: Partial<FleetEvent>): ReadEntry {
  if (fields.agentId === undefined || !happenings.some((it) => it in fields)) return { skipped: true };
  const own = readFleetEvent(fields);
  const read = "refused" in own && entry.time !== undefined ? readFleetEvent({ ...fields, time: entry.time }) : own;
  if ("refused" in read) return { malformed: read.refused };
  const { id, traceId, spanId, error } = read.event;
  const said = { id: entry.id ?? id, traceId: entry.traceId ?? traceId, spanId: entry.spanId ?? spanId, error: error || entry.error };
  return { event: { ...read.event, ...said, source } };
}

/** In camelCase, whether written so or in snake_case. Others call an object `agent`, too. */
function camelFields(payload: Record<string, unknown>): Record<string, unknown> {
  const fields = Object.fromEntries(Object.entries(payload).map(([key, value]) => [camelCase(key), value]));
  return { ...fields, agentId: fields.agentId ?? (typeof fields.agent === "string" ? fields.agent : undefined) };
}

const happenings = ["operation", "model", "inputTokens", "outputTokens", "costUsd", "durationMs", "error", "metrics"];
const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const objectIn = (text: string | null | undefined): Record<string, unknown> | undefined => {
  const json = text?.trimStart().startsWith("{") ? parsedJson(text) : undefined;
  return isRecord(json) ? json : undefined;
};

const isRecord = (it: unknown): it is Record<string, unknown> => typeof it === "object" && it !== null && !Array.isArray(it);
