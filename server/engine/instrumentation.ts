/**
 * Which libraries trace model clients, and by what a file shows that it uses them. `patches` turn on tracing for the whole process: importing the module,
 * and where importing alone does nothing, something of the text. `wrappers` trace the one client they are given.
 */
import type { Ecosystem } from "./imported-modules.ts";

interface Instrumentor {
  /** How the module's name begins, up to a segment's end. */
  module: string;
  /** What the text must hold besides the import. */
  evidence?: RegExp;
}

const patches: Record<Ecosystem, readonly Instrumentor[]> = {
  python: [
    { module: "agentops", evidence: /\binit\(/ },
    { module: "braintrust", evidence: /\bauto_instrument\(|\bpatch_\w+\(/ },
    { module: "ddtrace.auto" },
    { module: "ddtrace", evidence: /\bpatch(?:_all)?\(/ },
    { module: "helicone_async" },
    { module: "langfuse.openai" },
    { module: "langtrace_python_sdk" },
    { module: "literalai", evidence: /\binstrument_\w+\(/ },
    { module: "lmnr", evidence: /\binitialize\(/ },
    { module: "logfire", evidence: /\binstrument_(?:openai|anthropic|google_genai|litellm|openai_agents)\b/ },
    { module: "lunary", evidence: /\bmonitor\(/ },
    { module: "mlflow", evidence: /\bautolog\(/ },
    { module: "openinference.instrumentation" },
    { module: "openlit", evidence: /\binit\(/ },
    ...["openai", "openai_v2", "anthropic", "google_genai", "google_generativeai", "vertexai"].map((it) => ({
      module: `opentelemetry.instrumentation.${it}`,
    })),
    { module: "phoenix.otel", evidence: /\bregister\(/ },
    ...["openai", "anthropic", "google_genai", "openai_agents"].map((it) => ({ module: `sentry_sdk.integrations.${it}` })),
    { module: "traceloop.sdk", evidence: /\bTraceloop\.init\(/ },
    { module: "vertexai", evidence: /\bAdkApp\([\s\S]*?\benable_tracing\s*=\s*True/ },
    { module: "weave", evidence: /\binit\(/ },
  ],
  npm: [
    { module: "@arizeai/openinference-instrumentation" },
    { module: "@helicone/async" },
    { module: "@lmnr-ai/lmnr", evidence: /\binitialize\(/ },
    { module: "@opentelemetry/instrumentation-openai" },
    { module: "@pydantic/logfire-node" },
    { module: "@sentry/node", evidence: /\b(?:openAI|anthropicAI|googleGenAI)Integration\b/ },
    { module: "@traceloop/instrumentation" },
    { module: "@traceloop/node-server-sdk" },
    { module: "agentops", evidence: /\binit\(/ },
    { module: "dd-trace" },
    { module: "openlit" },
  ],
  go: [
    { module: "github.com/DataDog/dd-trace-go" },
    { module: "github.com/openlit/openlit/sdk/go" },
    { module: "github.com/traceloop/go-openllmetry" },
    // Handed to a client as its transport or middleware.
    { module: "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp" },
  ],
};

/** Modules whose functions trace the client they are given. */
const wrapperModules =
  /^(?:langsmith|braintrust|langfuse|@langfuse\/|opik|weave|posthog|@posthog\/ai|lunary|parea|portkey|openlit|mlflow|@mlflow\/|@sentry\/|helicone|literalai|.*\bcockpit[-_]runtime\b)|\/internal\/cockpit$/;

/** Functions that trace the client they are given, whatever module they come from by way of the workspace's own. */
export const tracerNames: readonly string[] = [
  "observeOpenAI",
  "Telemetry",
  "TelemetryFor",
  "telemetry",
  "trackOpenAI",
  "track_openai",
  "track_anthropic",
  "track_genai",
  "traceOpenAI",
  "tracedOpenAI",
  "instrumentOpenAiClient",
  "instrumentAnthropicAiClient",
  "instrumentGoogleGenAIClient",
  "instrument_openai",
  "instrument_anthropic",
  "instrument_google_genai",
  "monitor",
  "wrapAnthropic",
  "wrapGoogleGenAI",
  "wrapOpenAI",
  "wrapSDK",
  "wrap_anthropic",
  "wrap_gemini",
  "wrap_openai",
  "wrap_openai_client",
];

export const isWrapperModule = (module: string): boolean => wrapperModules.test(module);

/** Whether a text that imports `modules` turns tracing on for the whole process. */
export function turnsTracingOn(modules: readonly string[], ecosystem: Ecosystem, text: string): boolean {
  if (!modules.some((it) => roots.has(rootOf(it)))) return false;
  return patches[ecosystem].some(
    ({ module, evidence }) => modules.some((it) => startsWithModule(it, module)) && (evidence?.test(text) ?? true),
  );
}

/** What code holds that writes the spans of its own model calls: attributes of OpenTelemetry's GenAI conventions, or a framework's spans for them. */
const ownSpans = [
  "gen_ai.",
  "gen_ai_attributes",
  "ATTR_GEN_AI_",
  "semconv.GenAI",
  "SpanAttributes.LLM_",
  "generation_span(",
  "@trace_chat_completion(",
  "@trace_text_completion(",
];

export const writesOwnSpans = (text: string): boolean => ownSpans.some((it) => text.includes(it));

function rootOf(module: string): string {
  const end = module.search(/[./]/);
  return end < 0 ? module : module.slice(0, end);
}

/** First segments of all modules above: most files import none of them. */
const roots = new Set(Object.values(patches).flatMap((all) => all.map((it) => rootOf(it.module))));

const startsWithModule = (imported: string, module: string) => imported.startsWith(module) && !/^\w/.test(imported.slice(module.length));
