/** What several findings, or several rules, ask of the same file is read once. */
import type { RuleContext } from "./rule.ts";

/** `read`, whose answer is kept as long as the context that it was given. */
export function oncePerFile<T>(read: (context: RuleContext) => T): (context: RuleContext) => T {
  const known = new WeakMap<RuleContext, { answer: T }>();
  return (context) => {
    const kept = known.get(context) ?? { answer: read(context) };
    known.set(context, kept);
    return kept.answer;
  };
}
