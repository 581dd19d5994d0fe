/** Finds known attributes wherever a structured log holds them. Only what is known is kept; how much of a payload is looked at is bounded. */
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";

/** Where two name the same attribute, the later counts. */
export function attributesIn(...sources: readonly unknown[]): Attributes {
  const found: Attributes = {};
  let looks = mostLooks;

  function look(value: unknown, path: string, depth: number) {
    if (looks-- <= 0 || depth > deepest) return;
    if (isScalar(value)) {
      if (knownAttributes.has(path)) found[path] = value;
    } else if (Array.isArray(value)) for (const it of value) pair(it);
    else if (typeof value === "object" && value !== null)
      for (const [key, it] of Object.entries(value)) look(it, path === "" || wrappers.has(path) ? key : `${path}.${key}`, depth + 1);
  }

  /** As OTLP writes attributes in JSON: `{"key": "gen_ai.system", "value": {"stringValue": "openai"}}`. */
  function pair(it: unknown) {
    if (looks-- <= 0 || typeof it !== "object" || it === null || !("key" in it) || !("value" in it)) return;
    if (typeof it.key !== "string" || !knownAttributes.has(it.key) || typeof it.value !== "object" || it.value === null) return;
    const scalar = Object.values(it.value).find(isScalar);
    if (scalar !== undefined) found[it.key] = scalar;
  }

  for (const it of sources) look(it, "", 0);
  return found;
}

const mostLooks = 5000;
const deepest = 8;
/** Keys that hold attributes without being part of their names. */
const wrappers: ReadonlySet<string> = new Set(["attributes", "resource", "labels", "otel", "otel.attributes", "metadata", "span"]);
const isScalar = (it: unknown): it is AttributeValue => typeof it === "string" || typeof it === "number" || typeof it === "boolean";
