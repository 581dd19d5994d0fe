/**
 * What a call costs more when its client is wrapped, beside OpenInference's instrumentor (OpenTelemetry's is for older SDKs). The network is left out: the SDK's own
 * `fetch` answers in memory. Every variant is a process of its own, with the same batch processor and a real collector; they take turns for some
 * rounds, and each reports the median of its calls. Run: `npx node test/runtime/typescript/overhead.ts`.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { promisify } from "node:util";

const variants = ["bare", "telemetry", "telemetry + costControl", "telemetry, collector down", "OpenInference"];
const kinds = ["create", "stream"] as const;
const rounds = 5;
const calls = 2000;

type Medians = Record<(typeof kinds)[number], number>;

async function compare() {
  const collector = createServer((request, response) => request.resume().on("end", () => response.end()));
  await new Promise<void>((listening) => collector.listen(0, "127.0.0.1", listening));
  const address = collector.address();
  const url = address && typeof address === "object" ? `http://127.0.0.1:${address.port}` : "";
  const measured = new Map<string, Medians[]>();
  for (let round = 0; round < rounds; round++)
    for (const variant of variants) {
      const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: variant.endsWith("down") ? "http://127.0.0.1:1" : url };
      const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, variant], { env, cwd: import.meta.dirname });
      measured.set(variant, [...(measured.get(variant) ?? []), JSON.parse(stdout)]);
    }
  collector.close();
  print(measured);
}

function print(measured: Map<string, Medians[]>) {
  console.log(
    `µs a call more than the bare client: median of ${rounds} rounds (least to most), each the median of ${calls} calls, Node ${process.version}`,
  );
  for (const [variant, medians] of measured) {
    const bare = measured.get("bare") ?? [];
    const columns = kinds.map((kind) => {
      const more = medians.map((it, round) => it[kind] - (variant === "bare" ? 0 : (bare[round]?.[kind] ?? 0))).sort((a, b) => a - b);
      return `${kind} ${median(more).toFixed(0)} (${more[0]?.toFixed(0)} to ${more.at(-1)?.toFixed(0)})`;
    });
    console.log(`${variant.padEnd(40)} ${columns.join("   ")}`);
  }
}

async function measure(variant: string) {
  const OpenAI = await instrumented(variant);
  const made = new OpenAI({
    apiKey: "none",
    fetch: async (_: unknown, init?: { body?: unknown }) => answer(String(init?.body).includes('"stream":true')),
  });
  const client = await wrapped(variant, made);
  const medians = { create: 0, stream: 0 };
  for (const kind of kinds) {
    const times: number[] = [];
    for (let call = 0; call < calls + 500; call++) {
      const start = process.hrtime.bigint();
      const result = await client.chat.completions.create({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "hello" }],
        stream: kind === "stream",
      });
      if (Symbol.asyncIterator in result) for await (const part of result) if (!part.id) throw new Error("an empty part");
      if (call >= 500) times.push(Number(process.hrtime.bigint() - start) / 1000);
      // Lets the batch processor work between calls, as it does while a model thinks.
      if (call % 100 === 0) await new Promise((later) => setTimeout(later, 1));
    }
    medians[kind] = median(times);
  }
  console.log(JSON.stringify(medians));
}

async function instrumented(variant: string) {
  const { trace, context } = await import("@opentelemetry/api");
  const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
  const { BatchSpanProcessor, TracerProvider } = await import("@opentelemetry/sdk-trace");
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ timeoutMillis: 1000 }) });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
  const openai = await import("openai");
  if (variant === "OpenInference") {
    const { OpenAIInstrumentation } = await import("@arizeai/openinference-instrumentation-openai");
    new OpenAIInstrumentation().manuallyInstrument(openai.OpenAI);
  }
  return openai.OpenAI;
}

async function wrapped<T>(variant: string, client: T): Promise<T> {
  if (!variant.startsWith("telemetry")) return client;
  const { loadRuntime, newHome } = await import("./home.ts");
  const home = newHome();
  process.once("exit", () => rmSync(home.path, { recursive: true }));
  const { telemetry, costControl } = await loadRuntime(home);
  return variant.includes("costControl") ? costControl(telemetry(client), { run: 1e6, day: 1e6 }) : telemetry(client);
}

const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };
const common = { id: "chatcmpl-1", created: 1, model: "gpt-4o-mini" };
const text = "All is well, and this answer is about as long as most of them are. ".repeat(6);
const completion = JSON.stringify({
  ...common,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  usage,
});
const chunk = (choices: unknown[], more = {}) =>
  `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...more })}\n\n`;
const chunks = [
  ...Array(50).fill(chunk([{ index: 0, delta: { content: "All is well, " }, finish_reason: null }])),
  chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
  chunk([], { usage }),
  "data: [DONE]\n\n",
].map((it) => new TextEncoder().encode(it));

function answer(streams: boolean): Response {
  if (!streams) return new Response(completion, { headers: { "content-type": "application/json" } });
  return new Response(ReadableStream.from(chunks), { headers: { "content-type": "text/event-stream" } });
}

function median(them: readonly number[]): number {
  const sorted = [...them].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const variant = process.argv[2];
await (variant ? measure(variant) : compare());
