/**
 * What attributes of spans and logs mean, by whatever convention they were written. Each row lists names, the one that counts first. Sources: OpenTelemetry's semantic
 * conventions for generative AI 1.37 and their older names, OpenInference's `llm.*`, OpenLLMetry's `llm.*` and `traceloop.*`, LangSmith's `langsmith.*`.
 */
import { largestAmount } from "../fleet/event.ts";

export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

const names = {
  agentId: ["gen_ai.agent.id", "gen_ai.agent.name", "agent.id", "agent.name", "langsmith.trace.session_name", "service.name"],
  operation: ["gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind", "llm.request.type", "langsmith.span.kind"],
  model: [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.response.model",
    "llm.response.model_name",
    "llm.model_name",
    "llm.request.model",
    "llm.request.model_name",
    "embedding.model_name",
    "gen_ai.model",
  ],
  provider: ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "llm.vendor"],
  inputTokens: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
    "gen_ai.response.prompt_tokens",
  ],
  outputTokens: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
    "gen_ai.response.completion_tokens",
  ],
  costUsd: ["cockpit.cost.usd", "gen_ai.usage.cost", "llm.cost.total", "gen_ai.usage.total_cost", "llm.usage.cost"],
  error: ["error.type", "exception.type"],
  id: ["log.record.uid", "event.id"],
  /** Of logs of before they had a field for it. */
  eventName: ["event.name"],
  tokenType: ["gen_ai.token.type"],
} as const satisfies Record<string, readonly string[]>;

export type Meaning = keyof typeof names;

/** All that is read of a span; the rest, prompts and answers above all, is never even decoded. */
export const knownAttributes: ReadonlySet<string> = new Set(Object.values(names).flat());

export function textOf(attributes: Attributes, meaning: Meaning): string | undefined {
  for (const name of names[meaning]) {
    const value = attributes[name];
    if (value !== undefined && value !== "") return String(value);
  }
  return undefined;
}

/** Numbers that some write as strings too. What is no number, is negative or beyond all measure, is unknown. */
export function amountOf(attributes: Attributes, meaning: Meaning): number | undefined {
  for (const name of names[meaning]) {
    const value = attributes[name];
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && number >= 0 && number <= largestAmount) return number;
  }
  return undefined;
}

export const hasMeaning = (attributes: Attributes, meaning: Meaning): boolean =>
  names[meaning].some((name) => attributes[name] !== undefined);
