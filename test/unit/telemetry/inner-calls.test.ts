/** One call that two spans tell, by what reaches the lake through the OTLP port, in both encodings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import type { Encoding } from "../../../server/telemetry/connectors/otlp/body.ts";
import { createOtlpConnector } from "../../../server/telemetry/connectors/otlp/connector.ts";
import { serialized, spanOf, traceId } from "./otlp-requests.ts";

const id = (number: number) => number.toString(16).padStart(16, "0");

/** A span of that number, within the span of another. */
const span = (number: number, parent: number | undefined, attributes: Record<string, unknown>) =>
  spanOf(attributes, {
    spanContext: () => ({ traceId, spanId: id(number), traceFlags: 1 }),
    parentSpanContext: parent === undefined ? undefined : { traceId, spanId: id(parent), traceFlags: 1 },
  });

/** As Google's Agent Development Kit writes them. */
const generate = { "gen_ai.operation.name": "generate_content", "gen_ai.request.model": "gemini-2.5-pro" };
const tokens = { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10 };
const callLlm = { "gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-2.5-pro", ...tokens };
const cost = { "cockpit.cost.usd": 0.5 };

/** Whatever requests bring, one after the other. */
const cases: { name: string; requests: object[][]; sums: { calls: number; input: number; usd: number } }[] = [
  {
    name: "a framework's span around its client's",
    requests: [[span(2, 1, { ...generate, ...tokens }), span(1, undefined, callLlm)]],
    sums: { calls: 1, input: 100, usd: 0 },
  },
  {
    name: "the same, sorted by their libraries",
    requests: [[span(1, undefined, callLlm), span(2, 1, { ...generate, ...tokens })]],
    sums: { calls: 1, input: 100, usd: 0 },
  },
  {
    name: "the same in two requests",
    requests: [[span(2, 1, { ...generate, ...tokens })], [span(1, undefined, callLlm)]],
    sums: { calls: 1, input: 100, usd: 0 },
  },
  {
    name: "a span around two calls",
    requests: [[span(2, 1, { ...generate, ...tokens }), span(3, 1, { ...generate, ...tokens }), span(1, undefined, callLlm)]],
    sums: { calls: 2, input: 200, usd: 0 },
  },
  {
    name: "an outer span that alone knows the cost",
    requests: [[span(2, 1, { ...generate, ...tokens }), span(1, undefined, { ...callLlm, ...cost })]],
    sums: { calls: 2, input: 100, usd: 0.5 },
  },
  {
    name: "an outer span that alone knows the tokens",
    requests: [[span(2, 1, generate), span(1, undefined, callLlm)]],
    sums: { calls: 2, input: 100, usd: 0 },
  },
  {
    name: "calls beside each other, and one below a span that is none",
    requests: [
      [
        span(1, undefined, callLlm),
        span(2, undefined, callLlm),
        span(4, 3, callLlm),
        span(3, undefined, { "gen_ai.operation.name": "invoke_agent" }),
      ],
    ],
    sums: { calls: 4, input: 300, usd: 0 },
  },
];

async function taken(encoding: Encoding, requests: readonly object[][]): Promise<FleetEvent[]> {
  const events: FleetEvent[] = [];
  const connector = createOtlpConnector({ host: "127.0.0.1", port: 0, token: undefined });
  await connector.start({
    isFull: () => false,
    take: async (all) => {
      events.push(...all);
      return { refused: {} };
    },
  });
  try {
    for (const spans of requests) {
      const headers = { "Content-Type": encoding === "json" ? "application/json" : "application/x-protobuf" };
      const body = Uint8Array.from(serialized("traces", encoding, spans));
      const answer = await fetch(`${connector.url()}/v1/traces`, { method: "POST", headers, body });
      assert.equal(answer.status, 200);
    }
  } finally {
    await connector.stop();
  }
  return events;
}

for (const { name, requests, sums } of cases)
  for (const encoding of ["json", "protobuf"] as const)
    test(`${name} counts once (${encoding})`, async () => {
      const events = await taken(encoding, requests);
      const sum = (of: (it: FleetEvent) => number | undefined) => events.reduce((total, it) => total + (of(it) ?? 0), 0);
      assert.deepEqual({ calls: events.length, input: sum((it) => it.inputTokens), usd: sum((it) => it.costUsd) }, sums);
    });
