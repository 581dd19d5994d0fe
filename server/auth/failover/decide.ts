/** What becomes of a command whose index does not let it in. Pure. */
import type { Format, Verdict } from "../../protocol/auth.ts";
import type { RetryFormat } from "./names.ts";

/** What a command would ask an index for. */
export interface Requested {
  format: Format;
  /** Canonical. */
  names: readonly string[];
  /** Why there may be more names than these; absent when there are not. */
  unclear?: string;
}

export interface IndexVerdict {
  name: string;
  url: string;
  verdict: Verdict;
  /** What was seen, and the one next step: a sentence each. */
  detail: string;
  next: string;
}

export interface Decision {
  /** `use`: nothing stands in the way. `retry-public`: once more, with the public index alone. */
  action: "use" | "retry-public" | "stop";
  /** Of a retry: all names that it may send. Of a stop: those that are not known to be public. */
  names: readonly string[];
  reason: string;
  suggestion: string;
}

export interface Situation {
  /** Those that the command asks. */
  indexes: readonly IndexVerdict[];
  requested: Requested;
  /** Name → why. */
  known: ReadonlyMap<string, string>;
  /** Whether an address is the public index itself. */
  isPublic(url: string): boolean;
}

const lockOuts: readonly Verdict[] = ["needs-login", "forbidden", "cordoned"];

export const locksOut = ({ verdict }: Pick<IndexVerdict, "verdict">): boolean => lockOuts.includes(verdict);

export const canRetry = (format: Format): format is RetryFormat => format !== "go";

export function decide({ indexes, requested, known, isPublic }: Situation): Decision {
  const locked = indexes.find(locksOut);
  if (!locked) return withoutLockOut(indexes);
  const stop = (reason: string, suggestion = locked.next, names: readonly string[] = []): Decision => ({
    action: "stop",
    names,
    reason: `${about(locked)}; ${reason}`,
    suggestion,
  });
  if (!canRetry(requested.format)) return stop("Go has a fall-back of its own");
  if (indexes.some((it) => locksOut(it) && isPublic(it.url))) return stop("the public index itself is not open");
  if (requested.unclear !== undefined) return stop(`what would be sent to the public index cannot be told: ${requested.unclear}`);
  const unknown = requested.names.filter((it) => !known.has(it));
  if (unknown.length > 0) return stop(notKnown(unknown), `${locked.next}; or, if public, add --public ${unknown.join(",")}`, unknown);
  if (requested.names.length === 0) return stop("it asks for no package by name");
  const reason = `${about(locked)}; all it asks for is known to be public (${requested.names.map((it) => `${it}: ${known.get(it)}`).join(", ")})`;
  return { action: "retry-public", names: requested.names, reason, suggestion: locked.next };
}

/** An index that does not answer, or whose certificate is not trusted, is no reason to ask another. */
function withoutLockOut(indexes: readonly IndexVerdict[]): Decision {
  const down = indexes.find((it) => it.verdict !== "reachable");
  if (!down) return { action: "use", names: [], reason: "no index refuses", suggestion: "" };
  return { action: "stop", names: [], reason: `${about(down)}; that is no reason to ask a public index`, suggestion: down.next };
}

const about = ({ name, url, detail }: IndexVerdict) => `index ${name} (${url}): ${detail}`;

const notKnown = (names: readonly string[]) =>
  `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not known to be public, so nothing was sent to the public index`;
