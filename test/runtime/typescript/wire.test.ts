import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { runtimePython } from "../../tools/python.ts";
import { makeHome, standIn } from "./harness.ts";

const server = await standIn([
  { match: { userMessage: "too many" }, response: { error: { message: "slow down" }, status: 429 } },
  { match: {}, response: { content: "Yes.", usage: { prompt_tokens: 1000, completion_tokens: 500 } } },
]);

const agent = `
import OpenAI from "openai";
import { telemetry } from "./cockpit-runtime.ts";
const client = telemetry(new OpenAI({ apiKey: "none", baseURL: process.env.MODEL_URL, maxRetries: 0 }));
const ask = (content, more = {}) => client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more });
await telemetry(async function answer() {
  await ask("hello");
  for await (const part of await ask("hello", { stream: true })) if (part.usage) throw new Error("usage");
  await ask("too many").catch(() => {});
})();
`;

interface Received {
  name: string;
  kind: string;
  spanId: string;
  parentSpanId: string;
  status: string;
  service: string;
  attributes: Record<string, unknown>;
}

/** A receiver that decodes with OpenTelemetry's own package: its address, and its next spans. */
async function receiver() {
  const python = join(await runtimePython(), "python");
  const child = spawn(python, [join(import.meta.dirname, "../otlp_receiver.py")], { stdio: ["ignore", "pipe", "inherit"] });
  after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const url = `http://127.0.0.1:${await next()}`;
  return {
    url,
    take: async (count: number) => Promise.all(Array.from({ length: count }, async (): Promise<Received> => JSON.parse(await next()))),
  };
}

test("spans arrive by OTLP as OpenTelemetry's own package reads them", async () => {
  const { url, take } = await receiver();
  const home = makeHome();
  home.write("agent.ts", agent);
  const env = { PATH: process.env["PATH"], MODEL_URL: `${server.url}/v1`, OTEL_EXPORTER_OTLP_ENDPOINT: url };
  await promisify(execFile)(process.execPath, ["agent.ts"], { cwd: home.path, env });
  const [plain, streamed, failed, whole] = await take(4);
  assert.equal(whole?.name, "invoke_agent answer");
  const { "gen_ai.response.id": id, ...attributes } = plain?.attributes ?? {};
  assert.match(String(id), /^chatcmpl-/);
  assert.deepEqual(attributes, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.response.model": "gpt-4o-mini",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 500,
    "gen_ai.agent.id": "billing",
    "server.address": "127.0.0.1",
    "server.port": server.port,
    "cockpit.cost.usd": 0.002,
    "cockpit.price.date": "2026-11-01",
  });
  assert.deepEqual(streamed?.attributes, {
    ...attributes,
    "cockpit.stream": true,
    "gen_ai.response.id": streamed?.attributes["gen_ai.response.id"],
  });
  assert.equal(failed?.attributes["error.type"], "RateLimitError");
  assert.deepEqual(
    [plain, streamed, failed, whole].map((it) => [it?.kind, it?.status, it?.service]),
    [
      ["CLIENT", "UNSET", "billing"],
      ["CLIENT", "UNSET", "billing"],
      ["CLIENT", "ERROR", "billing"],
      ["INTERNAL", "UNSET", "billing"],
    ],
  );
  for (const it of [plain, streamed, failed]) assert.equal(it?.parentSpanId, whole?.spanId);
});
