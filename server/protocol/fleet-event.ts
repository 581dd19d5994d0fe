/** Events as they come from outside: read leniently, refused clearly. What is wrong with a field that the event can do without costs only that field. */
import * as z from "zod";
import { type FleetEvent, largestAmount } from "../fleet/event.ts";

export type ReadEvent =
  | {
      readonly event: FleetEvent;
      /** Fields that were there but could not be true. */
      readonly ignored: readonly string[];
    }
  | { readonly refused: string };

const name = z.string().min(1).max(256);
const required = z.object({ agentId: name, time: z.union([z.number(), z.string().max(64)], "expected a number or a short text") });
const word = z.string().max(256);
const amount = z.coerce.number().min(0).max(largestAmount);
const optional = {
  operation: word,
  model: word,
  provider: word,
  inputTokens: amount,
  outputTokens: amount,
  costUsd: amount,
  durationMs: amount,
  /** A failed call counts as one, however it says so. */
  error: z.union([
    z.string().transform((it) => it.slice(0, 256).toWellFormed()),
    z.union([z.literal(true), z.record(z.string(), z.unknown())]).transform(() => "error"),
  ]),
  traceId: word,
  spanId: word,
  source: word,
  metrics: z.record(z.string().max(256), z.unknown()).transform(finite),
};
type Optional = { [Field in keyof typeof optional]?: z.output<(typeof optional)[Field]> | undefined };

/** Reads one event: an object with at least `time` (ms, s, µs or ns since 1970, or ISO 8601, without an offset UTC) and `agentId`. */
export function readFleetEvent(input: unknown): ReadEvent {
  const head = required.safeParse(input);
  if (!head.success) return { refused: why(head.error) };
  const time = timeOf(head.data.time);
  if (time === undefined) return { refused: `time: ${JSON.stringify(head.data.time)} is no time` };
  const ignored: string[] = [];
  const fields = new Map(Object.entries(Object(input)));
  const read = <T>(field: string, schema: z.ZodType<T>): T | undefined => {
    const value = fields.get(field);
    if (value === undefined || value === null || value === "" || value === false) return undefined;
    const result = schema.safeParse(value);
    if (!result.success) ignored.push(field);
    return result.data;
  };
  const rest: Optional = {
    operation: read("operation", optional.operation),
    model: read("model", optional.model),
    provider: read("provider", optional.provider),
    inputTokens: read("inputTokens", optional.inputTokens),
    outputTokens: read("outputTokens", optional.outputTokens),
    costUsd: read("costUsd", optional.costUsd),
    durationMs: read("durationMs", optional.durationMs),
    error: read("error", optional.error),
    traceId: read("traceId", optional.traceId),
    spanId: read("spanId", optional.spanId),
    source: read("source", optional.source),
    metrics: read("metrics", optional.metrics),
  };
  const id = read("id", name) ?? idOf(head.data.agentId, time, rest);
  return { event: { id, time, agentId: head.data.agentId, ...rest }, ignored };
}

const why = (error: z.ZodError) => error.issues.map((it) => `${it.path.join(".") || "event"}: ${it.message}`).join("; ");

function timeOf(given: number | string): number | undefined {
  if (typeof given === "number") return inMilliseconds(given);
  if (/^\d+(\.\d+)?$/.test(given)) return inMilliseconds(Number(given));
  const hasOffset = /(Z|[+-]\d\d:?\d\d)$/i.test(given);
  const parsed = Date.parse(hasOffset ? given : `${given.replace(" ", "T")}${given.length > 10 ? "Z" : ""}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Told apart by size: all four units of a time since 1973 and before 5138 are. */
function inMilliseconds(it: number): number | undefined {
  if (!Number.isFinite(it) || it < 0) return undefined;
  if (it < 1e11) return it * 1e3;
  if (it < 1e14) return it;
  return it < 1e17 ? it / 1e3 : it / 1e6;
}

/** Without an id of its own, an event is what it says: the same words at the same time are the same event. */
function idOf(agentId: string, time: number, rest: Optional): string {
  const where = rest.traceId && rest.spanId ? `${rest.traceId}/${rest.spanId}` : `${agentId}@${time}`;
  return `${where}#${hash(JSON.stringify(rest))}`;
}

/** FNV-1a, 32 bits: enough to tell apart what one agent says in one millisecond. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(36);
}

function finite(given: Record<string, unknown>): Record<string, number> {
  const numbers = Object.entries(given).flatMap(([key, value]): [string, number][] => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? [[key, number]] : [];
  });
  return Object.fromEntries(numbers.slice(0, 64));
}
