/** BigQuery's passing errors: quotas of a moment, a server that is busy, a connection that broke. They are waited out; every other error is the caller's. */
import { setTimeout as delay } from "node:timers/promises";

export interface Patience {
  /** How long in all; then the last error is thrown. */
  forMs: number;
  firstMs?: number;
  /** A try that takes longer is given up, and counts as one that broke off. */
  eachMs?: number;
  /** Hears of each wait. */
  onWait?(why: string, ms: number): void;
  signal?: AbortSignal;
}

/** Waits exponentially longer, at most 32 s at a time, with full jitter, so that many writers do not come back at once. */
export async function patiently<T>(call: () => Promise<T>, { forMs, firstMs = 500, eachMs, onWait, signal }: Patience): Promise<T> {
  const until = performance.now() + forMs;
  for (let tries = 0; ; tries++) {
    try {
      return await (eachMs === undefined ? call() : within(eachMs, call()));
    } catch (error) {
      const ms = Math.random() * Math.min(firstMs * 2 ** tries, 32_000);
      if (!isPassing(error) || performance.now() + ms > until) throw error;
      onWait?.(reasonOf(error), ms);
      await delay(ms, undefined, signal ? { signal } : {});
    }
  }
}

/** Whatever the library waits for: a server that takes a request and never answers holds it for ever. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = delay(ms, undefined, { signal: over.signal }).then(() => {
    throw Object.assign(new Error(`BigQuery has not answered for ${Math.round(ms / 1000)} s`), { code: "ETIMEDOUT" });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}

/** https://docs.cloud.google.com/bigquery/docs/error-messages, and errors of Node's sockets. */
const passing: ReadonlySet<unknown> = new Set([
  "rateLimitExceeded",
  "quotaExceeded",
  "jobRateLimitExceeded",
  "backendError",
  "internalError",
  "jobBackendError",
  "jobInternalError",
  "tableUnavailable",
  "timeout",
  "stopped",
  "ECONNRESET",
  "ECONNREFUSED",
  "ETIMEDOUT",
  "EPIPE",
  "EAI_AGAIN",
  "ENETUNREACH",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

export function isPassing(error: unknown): boolean {
  const { code, reasons } = facts(error);
  if (reasons.some((it) => passing.has(it))) return true;
  return (
    code === 408 ||
    code === 429 ||
    (typeof code === "number" && code >= 500) ||
    passing.has(code) ||
    /socket hang up|network timeout/.test(String(error))
  );
}

export function reasonOf(error: unknown): string {
  const { code, reasons } = facts(error);
  return String(reasons[0] ?? code ?? error);
}

function facts(error: unknown): { code: unknown; reasons: unknown[] } {
  if (typeof error !== "object" || error === null) return { code: undefined, reasons: [] };
  const errors: unknown = "errors" in error ? error.errors : [];
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    code: typeof code === "string" && /^\d+$/.test(code) ? Number(code) : code,
    reasons: Array.isArray(errors) ? errors.map((it) => it?.reason).filter(Boolean) : [],
  };
}
