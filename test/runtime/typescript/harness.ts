/** What tests share: homes that go when they end, a stand-in server that speaks for OpenAI, Anthropic and Gemini, and the spans that the app's own tracer provider sees. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { after, beforeEach } from "node:test";
import { type Fixture, LLMock } from "@copilotkit/aimock";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { type Home, newHome } from "./home.ts";

/** A new home, gone after the tests of the file. */
export function makeHome(): Home {
  const home = newHome();
  after(() => rmSync(home.path, { recursive: true, force: true }));
  return home;
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
