/** Model calls, sent as an instrumented agent would, and where to. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { eventually } from "../lsp/eventually.ts";

const claim = z.object({ pid: z.number(), url: z.string() });

/** Which process watches a workspace, and where it listens. */
export const watcherOf = async (folder: string): Promise<z.infer<typeof claim>> =>
  claim.parse(JSON.parse(await readFile(join(folder, ".cockpit/lake/watcher.json"), "utf8")));

/** Where the watcher of a workspace listens, once it does. */
export async function watcherUrl(folder: string): Promise<string> {
  let url = "";
  await eventually(async () => {
    url = (await watcherOf(folder).catch(() => ({ url: "" }))).url;
    return url !== "";
  }, true);
  return url;
}

let calls = 0;

export async function spend(url: string, agent: string, tokens: number): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const { status } = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: JSON.stringify(call(agent, tokens)) });
  assert.equal(status, 200);
}

/** Agents that call a model some times a second until `stop`, whether somebody listens or not. */
export function stream(url: string, agents: readonly string[]): { stop(): Promise<void> } {
  let isStopped = false;
  async function run() {
    while (!isStopped) {
      for (const it of agents) await spend(url, it, 100).catch(() => {});
      await sleep(100);
    }
  }
  const running = run();
  return {
    stop() {
      isStopped = true;
      return running;
    },
  };
}

/** A span as OTLP in JSON. */
function call(agent: string, tokens: number) {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const [end, id] = [Date.now(), (++calls).toString(16)];
  const span = {
    traceId: id.padStart(32, "a"),
    spanId: id.padStart(16, "b"),
    name: "chat",
    startTimeUnixNano: `${end - 100}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.request.model", "gpt-test"),
      { key: "gen_ai.usage.input_tokens", value: { intValue: String(tokens) } },
    ],
  };
  return { resourceSpans: [{ resource: { attributes: [text("service.name", agent)] }, scopeSpans: [{ spans: [span] }] }] };
}
