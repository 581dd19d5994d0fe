/**
 * Alerts and signals as HTTP requests, signed so that the receiver knows whom they are from: `X-Cockpit-Signature` is `sha256=` and the HMAC, in hexadecimal, of
 * `X-Cockpit-Timestamp` (seconds since 1970), a full stop and the body.
 */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { News, Sink } from "./sink.ts";

export interface WebhookOptions {
  url: string;
  /** Without it requests are not signed. */
  secret?: string | undefined;
  /** Says, a line, what could not be delivered. */
  onFailure(message: string): void;
  /** Milliseconds before the second attempt; doubled for each further one. */
  retryMs?: number;
  /** Milliseconds that the receiver may take to answer, and that the end waits for it. */
  timeoutMs?: number;
}

/** More that waits is dropped, the oldest first, and said. */
const mostWaiting = 1000;
const attempts = 5;

export function createWebhook({ url, secret, onFailure, retryMs = 500, timeoutMs = 5000 }: WebhookOptions): Sink {
  const { host, username, password } = new URL(url);
  if (username || password)
    throw new WebhookError(`the webhook at ${host} must not have a user and password in its address: sign with COCKPIT_WEBHOOK_SECRET`);
  const closing = new AbortController();
  let waiting: News[] = [];
  let delivery: Promise<void> | undefined;

  async function deliverAll() {
    while (waiting.length > 0 && !end.signal.aborted) {
      const [news, ...rest] = waiting;
      waiting = rest;
      if (news) await deliver(JSON.stringify({ version: 1, ...news }));
    }
    delivery = undefined;
  }

  /** Gives up what waits when the receiver takes too long for who wants to end. */
  const end = new AbortController();

  async function deliver(body: string) {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const problem = await post(body);
      if (problem === undefined) return;
      const isLast = attempt === attempts || problem.isFinal || closing.signal.aborted;
      if (isLast) return onFailure(`the webhook at ${host} did not take an alert: ${problem.message}`);
      await sleep(retryMs * 2 ** (attempt - 1), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  async function post(body: string): Promise<{ message: string; isFinal: boolean } | undefined> {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = { "Content-Type": "application/json", "X-Cockpit-Timestamp": timestamp, ...signature(secret, timestamp, body) };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        redirect: "error",
        signal: AbortSignal.any([end.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : { message: `it answers ${response.status}`, isFinal: isFinal(response.status) };
    } catch (error) {
      return { message: error instanceof Error ? reasonOf(error) : String(error), isFinal: false };
    }
  }

  return {
    name: `webhook ${host}`,
    tell(news) {
      waiting.push(...news);
      const tooMany = waiting.length - mostWaiting;
      if (tooMany > 0) {
        waiting = waiting.slice(tooMany);
        onFailure(`the webhook at ${host} is too slow: ${tooMany} alerts were not sent to it`);
      }
      delivery ??= deliverAll();
    },
    async close() {
      closing.abort();
      const timer = setTimeout(() => end.abort(new Error("the cockpit ends")), timeoutMs);
      try {
        await delivery;
      } finally {
        clearTimeout(timer);
      }
      if (waiting.length > 0) onFailure(`the webhook at ${host} is too slow: ${waiting.length} alerts were not sent to it`);
    },
  };
}

class WebhookError extends Error {
  override name = "WebhookError";
}

const isFinal = (status: number) => status >= 400 && status < 500 && status !== 429 && status !== 408;

const reasonOf = ({ message, cause }: Error) => (cause instanceof Error ? cause.message : message);

function signature(secret: string | undefined, timestamp: string, body: string): Record<string, string> {
  if (!secret) return {};
  return { "X-Cockpit-Signature": `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}` };
}
