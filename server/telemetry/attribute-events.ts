/** From attributes to an event, whichever convention they follow. */
import type { FleetEvent } from "../fleet/event.ts";
import { type Attributes, amountOf, textOf } from "./attributes.ts";

export interface Occurrence extends Pick<FleetEvent, "id" | "time" | "durationMs" | "traceId" | "spanId" | "source" | "metrics"> {
  isError: boolean;
}

/** Only calls of a model count tokens and cost: what stands around them may repeat their sums. */
export function eventOf(attributes: Attributes, { isError, ...occurrence }: Occurrence): FleetEvent {
  const operation = operationOf(textOf(attributes, "operation"));
  const counts = isModelCall({ operation });
  return {
    ...occurrence,
    agentId: short(textOf(attributes, "agentId") ?? unknownAgent),
    operation,
    model: optional(textOf(attributes, "model")),
    provider: optional(textOf(attributes, "provider")),
    inputTokens: counts ? amountOf(attributes, "inputTokens") : undefined,
    outputTokens: counts ? amountOf(attributes, "outputTokens") : undefined,
    costUsd: counts ? amountOf(attributes, "costUsd") : undefined,
    error: isError ? short(textOf(attributes, "error") ?? "error") : undefined,
  };
}

/** Of senders that do not say who they are. */
const unknownAgent = "unknown";

/** Rather than of what stands around it. */
export const isModelCall = ({ operation }: Pick<FleetEvent, "operation">): boolean =>
  operation !== undefined && !surroundings.has(operation);

const surroundings: ReadonlySet<string> = new Set(["invoke_agent", "create_agent", "invoke_workflow", "execute_task", "execute_tool"]);

/** By the names of OpenTelemetry; OpenInference, OpenLLMetry and LangSmith speak of kinds. */
function operationOf(name: string | undefined): string {
  const kind = name?.toLowerCase() ?? "chat";
  return kinds.get(kind) ?? short(kind);
}

const kinds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    llm: "chat",
    completion: "text_completion",
    embedding: "embeddings",
    tool: "execute_tool",
    agent: "invoke_agent",
    chain: "invoke_workflow",
    workflow: "invoke_workflow",
    task: "invoke_workflow",
  }),
);

const optional = (text: string | undefined) => (text === undefined ? undefined : short(text));

/** A sender's words are bounded: they are kept for each event. */
const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
const longest = 200;
