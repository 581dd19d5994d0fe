/** Calls of a model by many agents, through OpenTelemetry's own SDK and OTLP exporter: `sender.mjs FOLDER URL RATE START SECONDS FIRST AGENTS`. Prints what main.go prints. FOLDER has the SDK. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [folder = "", url = "", ...numbers] = process.argv.slice(2);
const [rate = 0, start = 0, seconds = 0, first = 0, agents = 1] = numbers.map(Number);
const sdk = createRequire(join(folder, "package.json"));
const { SpanKind } = sdk("@opentelemetry/api");
const { OTLPTraceExporter } = sdk("@opentelemetry/exporter-trace-otlp-proto");
const { BatchSpanProcessor, TracerProvider } = sdk("@opentelemetry/sdk-trace");

const counts = { made: 0, taken: 0, failed: 0 };
const mostWaiting = 20_000;
const exporter = new OTLPTraceExporter({ url, timeoutMillis: 60_000, concurrencyLimit: 100 });
const send = exporter.export.bind(exporter);
exporter.export = (spans, done) =>
  send(spans, (result) => {
    counts[result.code === 0 ? "taken" : "failed"] += spans.length;
    done(result);
  });
const processor = new BatchSpanProcessor({
  exporter,
  maxQueueSize: 2 * mostWaiting,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 100,
  exportTimeoutMillis: 60_000,
});
const provider = new TracerProvider({ spanProcessors: [processor] });
const tracer = provider.getTracer("live-sender");
await sleep(Math.max(start - Date.now(), 0));

function call(number) {
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
    "gen_ai.agent.id": `agent-${first + (number % agents)}`,
    "gen_ai.usage.input_tokens": number % 3000,
    "gen_ai.usage.output_tokens": number % 400,
    "cockpit.cost.usd": 0.0004,
    "server.address": "api.openai.com",
    "server.port": 443,
  };
  tracer.startSpan("chat gpt-4o-mini", { kind: SpanKind.CLIENT, attributes }).end();
}

while (Date.now() < start + seconds * 1000) {
  const want = Math.floor(((Date.now() - start) * rate) / 1000);
  // The SDK drops what does not fit into its queue.
  for (; counts.made < want && counts.made - counts.taken - counts.failed < mostWaiting; counts.made++) call(counts.made);
  await sleep(2);
}
await provider.shutdown();
process.stdout.write(`${JSON.stringify({ ...counts, to: Date.now() })}\n`);
