/** What senders are answered: how much of what they sent was taken, or why none of it was. */
import type { ServerResponse } from "node:http";
import { PbfWriter } from "pbf";
import type { Taken } from "../connector.ts";
import type { Encoding } from "./body.ts";
import type { Refusal } from "./refusal.ts";
import type { SignalPath } from "./signals.ts";

export interface Reply {
  /** Of HTTP. */
  status: number;
  encoding: Encoding;
  body: string | Uint8Array;
  retryAfterSeconds?: number | undefined;
}

export const takenReply = (path: SignalPath, encoding: Encoding, taken: Taken): Reply => ({
  status: 200,
  encoding,
  body: takenBody(path, encoding, taken),
});

/** A `google.rpc.Status`, as all that is refused is told: https://opentelemetry.io/docs/specs/otlp/#failures-1 */
export const refusedReply = ({ status, message, retryAfterSeconds }: Refusal, encoding: Encoding): Reply => ({
  status,
  encoding,
  body: encoding === "json" ? JSON.stringify({ message }) : written((writer) => writer.writeStringField(2, message)),
  retryAfterSeconds,
});

export function send(response: ServerResponse, { status, encoding, body, retryAfterSeconds }: Reply) {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  if (retryAfterSeconds) response.setHeader("Retry-After", retryAfterSeconds);
  // What is left of a body that was not read would be taken for the next request.
  if (status !== 200) response.setHeader("Connection", "close");
  response.setHeader("Content-Type", encoding === "json" ? "application/json" : "application/x-protobuf");
  response.end(body);
}

/** Empty when all was taken, else how much was refused for good: https://opentelemetry.io/docs/specs/otlp/#partial-success-1 */
function takenBody(path: SignalPath, encoding: Encoding, { refused }: Taken): string | Uint8Array {
  const rejected = Object.values(refused).reduce((sum, it) => sum + it, 0);
  if (rejected === 0) return encoding === "json" ? "{}" : new Uint8Array();
  const message = Object.entries(refused)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
  if (encoding === "json") return JSON.stringify({ partialSuccess: { [rejectedNames[path]]: String(rejected), errorMessage: message } });
  const partial = (_: object, writer: PbfWriter) => {
    writer.writeVarintField(1, rejected);
    writer.writeStringField(2, message);
  };
  return written((writer) => writer.writeMessage(1, partial, {}));
}

function written(write: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter();
  write(writer);
  return writer.finish();
}

const rejectedNames: Readonly<Record<SignalPath, string>> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
};
