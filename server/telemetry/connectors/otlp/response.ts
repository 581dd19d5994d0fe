/** The body of an answer: empty when all was taken, else how much was refused for good (https://opentelemetry.io/docs/specs/otlp/#partial-success-1). */
import { PbfWriter } from "pbf";
import type { Taken } from "../connector.ts";
import type { Encoding } from "./body.ts";
import type { SignalPath } from "./signals.ts";

export function responseBody(path: SignalPath, encoding: Encoding, { refused }: Taken): string | Uint8Array {
  const rejected = Object.values(refused).reduce((sum, it) => sum + it, 0);
  if (rejected === 0) return encoding === "json" ? "{}" : new Uint8Array();
  const message = Object.entries(refused)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
  if (encoding === "json") return JSON.stringify({ partialSuccess: { [rejectedNames[path]]: String(rejected), errorMessage: message } });
  const writer = new PbfWriter();
  writer.writeMessage(
    1,
    (_: object, partial) => {
      partial.writeVarintField(1, rejected);
      partial.writeStringField(2, message);
    },
    {},
  );
  return writer.finish();
}

const rejectedNames: Readonly<Record<SignalPath, string>> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
};
