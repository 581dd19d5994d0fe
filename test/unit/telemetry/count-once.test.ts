/** One call of which several spans tell, by what comes of them through the OTLP port, in both encodings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import type { Encoding } from "../../../server/telemetry/connectors/otlp/body.ts";
import { createOtlpConnector } from "../../../server/telemetry/connectors/otlp/connector.ts";
import { serialized, spanOf, traceId } from "./otlp-requests.ts";

interface Place {
  id: string;
  within?: string;
  resource?: object;
}

/** A span is longer than those within it, which have longer ids here. */
const span = ({ id, within, ...more }: Place, ...attributes: object[]) =>
  spanOf(Object.assign({}, ...attributes), {
    status: { code: attributes.includes(failed) ? 2 : 0 },
    spanContext: () => contextOf(id),
    parentSpanContext: within && contextOf(within),
    startTime: [1_740_974_706, id.length * 1000],
    endTime: [1_740_974_707, 1_000_000 - id.length * 1000],
    ...more,
  });
const contextOf = (id: string) => ({ traceId, spanId: id.padStart(16, "0"), traceFlags: 1 });

const outer = (...attributes: object[]) => span({ id: "a" }, ...attributes);
const inner = (...attributes: object[]) => span({ id: "ab", within: "a" }, ...attributes);
const innermost = (...attributes: object[]) => span({ id: "abc", within: "ab" }, ...attributes);

const chat = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gemini-2.5-pro" };
/** As Google's Agent Development Kit writes them. */
const callLlm = { "gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-2.5-pro" };
const generate = { "gen_ai.operation.name": "generate_content", "gen_ai.request.model": "gemini-2.5-pro" };
const tokens = { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10 };
const cost = { "cockpit.cost.usd": 0.5 };
const failed = { "error.type": "timeout" };
const by = (agent: string) => ({ "gen_ai.agent.name": agent });
const otherProcess = { resource: { attributes: { "service.name": "proxy" }, asyncAttributesPending: false } };

const cases: { name: string; spans: object[]; told: string[] }[] = [
  {
    name: "a framework's around its client's",
    spans: [inner(generate, tokens, by("writer")), outer(callLlm, tokens)],
    told: ["writer 100"],
  },
  { name: "the same, sorted by library", spans: [outer(callLlm, tokens), inner(generate, tokens)], told: ["billing 100"] },
  {
    name: "ours, which knows the agent and the cost, around an instrumented client's",
    spans: [inner(chat, tokens), outer(chat, tokens, cost, by("writer"))],
    told: ["writer 100 $0.5"],
  },
  { name: "one that alone knows the tokens", spans: [inner(generate), outer(callLlm, tokens)], told: ["billing 100"] },
  {
    name: "one that alone knows the cost, around one that alone knows the tokens",
    spans: [inner(generate, tokens), outer(chat, cost)],
    told: ["billing $0.5", "billing 100"],
  },
  {
    name: "three within each other",
    spans: [innermost(chat, tokens), inner(generate, tokens), outer(callLlm, tokens, by("writer"))],
    told: ["writer 100"],
  },
  {
    name: "the outermost of three, which knows the cost",
    spans: [innermost(chat, tokens), inner(chat, tokens), outer(chat, tokens, cost)],
    told: ["billing 100 $0.5"],
  },
  {
    name: "two attempts within it",
    spans: [inner(chat, failed), span({ id: "ac", within: "a" }, chat, tokens), outer(chat, tokens)],
    told: ["billing 100", "billing timeout"],
  },
  {
    name: "one that failed after its client's call",
    spans: [inner(chat, tokens), outer(chat, tokens, failed)],
    told: ["billing 100 timeout"],
  },
  {
    name: "a model that is told with its version",
    spans: [inner(chat, { "gen_ai.response.model": "gemini-2.5-pro-001" }, tokens), outer(chat, tokens)],
    told: ["billing 100"],
  },
  {
    name: "another model's",
    spans: [inner(chat, { "gen_ai.request.model": "judge" }, tokens), outer(chat, tokens)],
    told: ["billing 100", "billing 100"],
  },
  {
    name: "embeddings for it",
    spans: [inner(chat, { "gen_ai.operation.name": "embeddings" }, tokens), outer(chat, tokens)],
    told: ["billing 100", "billing 100"],
  },
  {
    name: "another agent's",
    spans: [inner(chat, tokens, by("reader")), outer(chat, tokens, by("writer"))],
    told: ["reader 100", "writer 100"],
  },
  {
    name: "a proxy's",
    spans: [span({ id: "ab", within: "a", ...otherProcess }, chat, tokens), outer(chat, tokens)],
    told: ["billing 100", "proxy 100"],
  },
  {
    name: "beside each other, and below a span that is no call",
    spans: [
      span({ id: "b" }, chat, tokens),
      span({ id: "cd", within: "c" }, chat, tokens),
      span({ id: "c" }, { "gen_ai.operation.name": "invoke_agent" }, tokens),
    ],
    told: ["billing", "billing 100", "billing 100"],
  },
  {
    name: "spans without ids",
    spans: [span({ id: "" }, chat, tokens), span({ id: "", within: "" }, chat, tokens), outer(chat, tokens)],
    told: ["billing 100", "billing 100", "billing 100"],
  },
];

const tell = ({ agentId, inputTokens, costUsd, error }: FleetEvent) =>
  [agentId, inputTokens, costUsd && `$${costUsd}`, error].filter((it) => it !== undefined).join(" ");

async function taken(encoding: Encoding, spans: readonly object[]): Promise<FleetEvent[]> {
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
    const headers = { "Content-Type": encoding === "json" ? "application/json" : "application/x-protobuf" };
    const body = Uint8Array.from(serialized("traces", encoding, spans));
    const answer = await fetch(`${connector.url()}/v1/traces`, { method: "POST", headers, body });
    assert.equal(answer.status, 200, await answer.text());
  } finally {
    await connector.stop();
  }
  return events;
}

for (const { name, spans, told } of cases)
  for (const encoding of ["json", "protobuf"] as const)
    test(`spans of one call or of more, ${encoding}: ${name}`, async () => {
      assert.deepEqual((await taken(encoding, spans)).map(tell).sort(), told);
    });

test("spans within each other in a circle, and one within itself, are told at least once", async () => {
  const circle = [span({ id: "a", within: "ab" }, chat, tokens), span({ id: "ab", within: "a" }, chat, tokens)];
  assert.deepEqual((await taken("protobuf", circle)).map(tell), ["billing 100"]);
  assert.deepEqual((await taken("protobuf", [span({ id: "a", within: "a" }, chat, tokens)])).map(tell), ["billing 100"]);
});
