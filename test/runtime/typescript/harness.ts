/**
 * An agent's home to try the runtime in: a folder with the generated file, its `.cockpit` and the packages of this folder, a stand-in server that
 * speaks for OpenAI, Anthropic and Gemini, and the spans that the app's own tracer provider sees.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { after, beforeEach } from "node:test";
import { pathToFileURL } from "node:url";
import { type Fixture, LLMock } from "@copilotkit/aimock";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Runtime } from "./runtime.ts";

const here = import.meta.dirname;
const templates = join(here, "../../../templates/runtime/typescript");
const cache = join(here, "../../.cache/runtime-typescript");

export const agentId = "billing";

/** The template as an agent of that id gets it. */
export const generated = (file: "cockpit-runtime.ts" | "cockpit-runtime.mjs", id = agentId) =>
  readFileSync(join(templates, `${file}.hbs`), "utf8").replace("{{agentId}}", id);

export interface Home {
  path: string;
  /** Writes a file of the home; JSON unless it is text. */
  write(path: string, content: unknown): void;
  read(path: string): string;
}

/** A new home, gone after the tests of the file. */
export function makeHome(): Home {
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, "home-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  const write = (name: string, content: unknown) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  };
  write("cockpit-runtime.ts", generated("cockpit-runtime.ts"));
  write("cockpit-runtime.mjs", generated("cockpit-runtime.mjs"));
  write("package.json", { type: "module" });
  write(".cockpit/model_prices.json", prices);
  symlinkSync(join(here, "node_modules"), join(path, "node_modules"));
  return { path, write, read: (name) => readFileSync(join(path, name), "utf8") };
}

/** Round figures: a thousand tokens of `gpt-4o-mini` in and out cost 0.001 and 0.002 US dollars. */
const prices = {
  version: 1,
  date: "2026-11-01",
  source: "https://example.com/prices",
  models: {
    "gpt-4o-mini": { input: 1, cachedInput: 0.5, output: 2 },
    "gpt-5": { input: 100, output: 200 },
    "text-embedding-3-small": { input: 1, output: 0 },
    "claude-sonnet-4": { input: 3, cachedInput: 0.3, output: 15 },
    "gemini-2.0-flash": { input: 1, output: 4 },
  },
};

let copies = 0;

/** The runtime as a process of its own would load it: nothing remembered. `variables` hold for this copy. */
export async function loadRuntime(home: Home, variables: Record<string, string> = {}): Promise<Runtime> {
  for (const name of Object.keys(process.env)) if (/^(COCKPIT|OTEL)_/.test(name)) delete process.env[name];
  Object.assign(process.env, { COCKPIT_DIR: join(home.path, ".cockpit"), ...variables });
  copies++;
  return import(`${pathToFileURL(join(home.path, "cockpit-runtime.ts"))}?copy=${copies}`);
}

export interface SeenSpan {
  name: string;
  kind: number;
  attributes: Record<string, unknown>;
  isError: boolean;
  id: string;
  parent: string | undefined;
}

/** Registers a tracer provider as an app does, and returns what it saw since the test began. */
export function appSpans(): () => SeenSpan[] {
  const ended: ReadableSpan[] = [];
  const nothing = async () => {};
  const seeing = { onStart: () => {}, onEnd: (it: ReadableSpan) => void ended.push(it), shutdown: nothing, forceFlush: nothing };
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [seeing] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  beforeEach(() => ended.splice(0));
  return () =>
    ended.map((it) => ({
      name: it.name,
      kind: it.kind,
      attributes: { ...it.attributes },
      isError: it.status.code === SpanStatusCode.ERROR,
      id: it.spanContext().spanId,
      parent: it.parentSpanContext?.spanId,
    }));
}

/** A stand-in server, gone after the tests of the file. */
export async function standIn(fixtures: Fixture[]): Promise<LLMock> {
  const server = new LLMock({ port: 0, chunkSize: 4 });
  server.addFixtures(fixtures);
  await server.start();
  after(() => server.stop());
  return server;
}

/** A server for what the stand-in does not do; returns its address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  after(() => server.close());
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return `http://127.0.0.1:${address.port}`;
}

/** What is written to the console's warnings while a test file runs. */
export function warnings(): string[] {
  const seen: string[] = [];
  const original = console.warn;
  console.warn = (message: unknown) => void seen.push(String(message));
  after(() => {
    console.warn = original;
  });
  beforeEach(() => seen.splice(0));
  return seen;
}
