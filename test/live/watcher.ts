/** The real `cockpit fleet watch` as a process that can be killed, and a sender that sends again what was not acknowledged. */
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCode, read, start } from "../cli/cockpit.ts";

export interface Watching {
  child: ChildProcess;
  /** `http://127.0.0.1:4318`. */
  url: string;
  output: Promise<string>;
  errors: Promise<string>;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Surroundings {
  env?: Record<string, string>;
  /** A program and its arguments that the watcher is run by. */
  under?: readonly string[];
}

/** Resolves when it listens. */
export async function watch(
  cwd: string,
  port = 0,
  more: readonly string[] = [],
  { env = {}, under = [] }: Surroundings = {},
): Promise<Watching> {
  const child = start(["fleet", "watch", "--port", String(port), ...more], { cwd, env, under });
  const [output, errors, ended] = [read(child.stdout), read(child.stderr), exitCode(child)];
  const claim = join(cwd, ".cockpit/lake/watcher.json");
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  for (;;) {
    const { pid, url } = existsSync(claim) ? JSON.parse(readFileSync(claim, "utf8")) : {};
    if (pid === child.pid && url !== "") return { child, url, output, errors, end };
    if (child.exitCode !== null) throw new Error(`fleet watch ended with ${child.exitCode}: ${await errors}`);
    await sleep(10);
  }
}

/** Spans as OTLP JSON; ids count on from `first`. */
export function request(first: number, count: number, agents: number, time = Date.now()): string {
  const hex = (n: number, length: number) => n.toString(16).padStart(length, "0");
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const spans = Array.from({ length: count }, (_, i) => ({
    traceId: hex(first + i + 1, 32),
    spanId: hex(first + i + 1, 16),
    startTimeUnixNano: `${time - 100}000000`,
    endTimeUnixNano: `${time}000000`,
    attributes: [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.agent.id", `agent-${(first + i) % agents}`),
      { key: "gen_ai.usage.input_tokens", value: { intValue: "7" } },
    ],
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

export interface Answer {
  /** 0 when there was none. */
  status: number;
  retryAfter: string | null;
  body: string;
}

export async function answerTo(url: string, body: string, timeoutMs = 5000): Promise<Answer> {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body, signal: AbortSignal.timeout(timeoutMs) });
    return { status: answer.status, retryAfter: answer.headers.get("Retry-After"), body: await answer.text() };
  } catch {
    return { status: 0, retryAfter: null, body: "" };
  }
}

/** Whether it was acknowledged. */
export async function post(url: string, body: string): Promise<boolean> {
  const answer = await answerTo(url, body);
  return answer.status === 200 && answer.body === "{}";
}
