import assert from "node:assert/strict";
import { describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import type { Fixture } from "@copilotkit/aimock";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { AzureOpenAI } from "openai";
import { appSpans, makeHome, serve, standIn, warnings } from "./harness.ts";
import { loadRuntime } from "./home.ts";

const answer = { content: "All is well.", usage: { prompt_tokens: 1000, completion_tokens: 500 } };

const fixtures: Fixture[] = [
  {
    match: { userMessage: "cut off" },
    response: { ...answer, content: "a long answer that ends early" },
    latency: 20,
    truncateAfterChunks: 3,
  },
  { match: { userMessage: "slowly" }, response: answer, latency: 20 },
  { match: { userMessage: "too many" }, response: { error: { message: "slow down", type: "rate_limit_error" }, status: 429 } },
  { match: { userMessage: "broken" }, response: { error: { message: "oh", type: "server_error" }, status: 500 } },
  { match: { userMessage: "cached" }, response: { ...answer, usage: { ...answer.usage, prompt_tokens_details: { cached_tokens: 400 } } } },
  { match: { endpoint: "embedding" }, response: { embedding: [0.1, 0.2], usage: { prompt_tokens: 1000 } } as Fixture["response"] },
  { match: { userMessage: "json" }, response: { ...answer, content: '{"ok":true}' } },
  { match: {}, response: answer },
];

const server = await standIn(fixtures);
const embedder = await serve((_, response) => response.end('{"embeddings":[{"values":[0.1]}]}'));
const spans = appSpans();
const warned = warnings();
const home = makeHome();

const openai = (options = {}) => new OpenAI({ apiKey: "none", baseURL: `${server.url}/v1`, maxRetries: 0, ...options });
const anthropic = () => new Anthropic({ apiKey: "none", baseURL: server.url, maxRetries: 0, openTelemetry: false });
const google = () => new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: server.url, apiVersion: "v1beta" } });
const user = (content: string) => ({ role: "user" as const, content });
const chat = { model: "gpt-4o-mini", messages: [user("hello")] };

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const parts: T[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const port = Number(new URL(server.url).port);
const common = { "gen_ai.agent.id": "billing", "server.address": "127.0.0.1", "server.port": port };
const openaiChat = {
  ...common,
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-4o-mini",
  "gen_ai.response.model": "gpt-4o-mini",
  "gen_ai.response.finish_reasons": ["stop"],
  "gen_ai.usage.input_tokens": 1000,
  "gen_ai.usage.output_tokens": 500,
  "cockpit.cost.usd": 0.002,
  "cockpit.price.date": "2026-11-01",
};

/** The one span there is, without its response id, which differs from run to run. */
function onlySpan() {
  const [span, ...more] = spans();
  assert.ok(span, "no span");
  assert.deepEqual(more, []);
  const { "gen_ai.response.id": id, ...attributes } = span.attributes;
  return { ...span, id, attributes };
}

describe("spans", async () => {
  const { telemetry } = await loadRuntime(home);

  test("a chat completion has every attribute", async () => {
    const client = openai();
    assert.equal(telemetry(client), client);
    const completion = await client.chat.completions.create(chat);
    assert.equal(completion.choices[0]?.message.content, "All is well.");
    const span = onlySpan();
    assert.equal(span.name, "chat gpt-4o-mini");
    assert.equal(span.kind, 2);
    assert.equal(span.isError, false);
    assert.equal(span.id, completion.id);
    assert.deepEqual(span.attributes, openaiChat);
  });

  const calls: [name: string, span: string, expected: Record<string, unknown>, call: () => Promise<unknown>][] = [
    [
      "responses",
      "chat gpt-4o-mini",
      { "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 500, "gen_ai.response.finish_reasons": undefined },
      () => telemetry(openai()).responses.create({ model: "gpt-4o-mini", input: "hello" }),
    ],
    [
      "responses.stream",
      "chat gpt-4o-mini",
      { "gen_ai.usage.input_tokens": 1000, "cockpit.stream": true },
      () => telemetry(openai()).responses.stream({ model: "gpt-4o-mini", input: "hello" }).finalResponse(),
    ],
    [
      "responses, streamed",
      "chat gpt-4o-mini",
      { "gen_ai.usage.output_tokens": 500, "cockpit.stream": true },
      async () => collect(await telemetry(openai()).responses.create({ model: "gpt-4o-mini", input: "hello", stream: true })),
    ],
    [
      "completions.parse",
      "chat gpt-4o-mini",
      openaiChat,
      () => telemetry(openai()).chat.completions.parse({ ...chat, messages: [user("json")] }),
    ],
    [
      "completions.stream",
      "chat gpt-4o-mini",
      { ...openaiChat, "cockpit.stream": true },
      () => telemetry(openai()).chat.completions.stream(chat).finalChatCompletion(),
    ],
    ["withOptions", "chat gpt-4o-mini", openaiChat, () => telemetry(openai()).withOptions({ timeout: 9000 }).chat.completions.create(chat)],
    [
      "embeddings",
      "embeddings text-embedding-3-small",
      { "gen_ai.operation.name": "embeddings", "gen_ai.usage.output_tokens": undefined },
      () => telemetry(openai()).embeddings.create({ model: "text-embedding-3-small", input: "hello" }),
    ],
    [
      "cached input",
      "chat gpt-4o-mini",
      { "cockpit.cost.usd": (600 + 400 * 0.5 + 500 * 2) / 1e6 },
      () => telemetry(openai({ baseURL: `${server.url}/api/v1` })).chat.completions.create({ ...chat, messages: [user("cached")] }),
    ],
    [
      "a model with a date",
      "chat gpt-4o-mini-2024-07-18",
      { "cockpit.cost.usd": 0.002 },
      () => telemetry(openai()).chat.completions.create({ ...chat, model: "gpt-4o-mini-2024-07-18" }),
    ],
    [
      "an unknown price",
      "chat someones-model",
      { "cockpit.cost.usd": undefined, "cockpit.cost.unknown": true, "cockpit.price.date": undefined },
      () => telemetry(openai()).chat.completions.create({ ...chat, model: "someones-model" }),
    ],
    [
      "Anthropic",
      "chat claude-sonnet-4-20250514",
      {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.response.finish_reasons": ["end_turn"],
        "cockpit.cost.usd": 0.0105,
      },
      () => telemetry(anthropic()).messages.create({ model: "claude-sonnet-4-20250514", max_tokens: 9, messages: [user("hello")] }),
    ],
    [
      "Anthropic, streamed",
      "chat claude-sonnet-4",
      {
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.response.finish_reasons": ["end_turn"],
        "cockpit.stream": true,
      },
      () =>
        telemetry(anthropic())
          .messages.stream({ model: "claude-sonnet-4", max_tokens: 9, messages: [user("hello")] })
          .finalMessage(),
    ],
    [
      "Gemini",
      "generate_content gemini-2.0-flash",
      {
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.response.finish_reasons": ["STOP"],
        "cockpit.cost.usd": 0.003,
        "server.address": "127.0.0.1",
      },
      () => telemetry(google()).models.generateContent({ model: "gemini-2.0-flash", contents: "hello" }),
    ],
    [
      "Gemini, streamed",
      "generate_content gemini-2.0-flash",
      {
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.response.finish_reasons": ["STOP"],
        "cockpit.stream": true,
      },
      async () => collect(await telemetry(google()).models.generateContentStream({ model: "gemini-2.0-flash", contents: "hello" })),
    ],
    [
      "Gemini chats",
      "generate_content gemini-2.0-flash",
      { "gen_ai.usage.input_tokens": 1000 },
      () => telemetry(google()).chats.create({ model: "gemini-2.0-flash" }).sendMessage({ message: "hello" }),
    ],
    [
      "Gemini embeddings",
      "embeddings gemini-embedding-001",
      { "gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": undefined },
      () =>
        telemetry(new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: embedder } })).models.embedContent({
          model: "gemini-embedding-001",
          contents: "hello",
        }),
    ],
    [
      "Azure",
      "chat gpt-4o-mini",
      { "gen_ai.provider.name": "azure.ai.openai" },
      () => telemetry(new AzureOpenAI({ apiKey: "none", endpoint: server.url, apiVersion: "2024-10-21" })).chat.completions.create(chat),
    ],
  ];
  for (const [name, spanName, expected, call] of calls)
    test(name, async () => {
      await call();
      const span = onlySpan();
      assert.equal(span.name, spanName);
      const found = Object.fromEntries(Object.keys(expected).map((key) => [key, span.attributes[key]]));
      assert.deepEqual(found, expected);
    });

  const json = { "content-type": "application/json" };
  const halved = await serve((_, response) => {
    response.writeHead(200, { ...json, "content-length": 1000 }).write('{"id":"1",');
    setImmediate(() => response.destroy());
  });
  const nonsense = await serve((_, response) => response.writeHead(200, json).end("nonsense"));
  const overloaded = await serve((_, response) =>
    response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"error":{"type":"overloaded","message":"slow down"}}\n\n'),
  );

  const failures: [name: string, error: RegExp, type: string, call: () => Promise<unknown>][] = [
    ["an answer that is cut off", /./, "TypeError", () => telemetry(openai({ baseURL: halved })).chat.completions.create(chat)],
    ["an answer that is no JSON", /JSON/, "SyntaxError", () => telemetry(openai({ baseURL: nonsense })).chat.completions.create(chat)],
    [
      "an error within a stream",
      /slow down/,
      "APIError",
      async () => collect(await telemetry(openai({ baseURL: overloaded })).chat.completions.create({ ...chat, stream: true })),
    ],
    ["429", /slow down/, "RateLimitError", () => telemetry(openai()).chat.completions.create({ ...chat, messages: [user("too many")] })],
    ["500", /oh/, "InternalServerError", () => telemetry(openai()).chat.completions.create({ ...chat, messages: [user("broken")] })],
    [
      "nobody there",
      /Connection error/,
      "APIConnectionError",
      () => telemetry(openai({ baseURL: "http://127.0.0.1:1/v1" })).chat.completions.create(chat),
    ],
    [
      "Anthropic's 429",
      /slow down/,
      "RateLimitError",
      () => telemetry(anthropic()).messages.create({ model: "claude-sonnet-4", max_tokens: 9, messages: [user("too many")] }),
    ],
    [
      "Gemini's 429",
      /slow down/,
      "ApiError",
      () => telemetry(google()).models.generateContent({ model: "gemini-2.0-flash", contents: "too many" }),
    ],
    [
      "a stream that is cut off",
      /./,
      "TypeError",
      async () => collect(await telemetry(openai()).chat.completions.create({ ...chat, messages: [user("cut off")], stream: true })),
    ],
    [
      "Gemini's stream that is cut off",
      /./,
      "TypeError",
      async () => collect(await telemetry(google()).models.generateContentStream({ model: "gemini-2.0-flash", contents: "cut off" })),
    ],
  ];
  for (const [name, message, type, call] of failures)
    test(`${name} fails as ever and says so`, async () => {
      await assert.rejects(call(), message);
      const span = onlySpan();
      assert.equal(span.attributes["error.type"], type);
      assert.equal(span.isError, true);
      assert.equal(span.attributes["gen_ai.usage.input_tokens"], undefined);
      assert.doesNotMatch(JSON.stringify(span), /slow down/);
    });

  test("an answer that says that it failed is an error on the span, and the caller's to read", async () => {
    const failed = await serve((_, response) =>
      response.writeHead(200, json).end('{"id":"1","object":"response","output":[],"error":{"code":"server_error"}}'),
    );
    assert.equal((await telemetry(openai({ baseURL: failed })).responses.create({ model: "gpt-4o-mini", input: "hello" })).id, "1");
    assert.equal(onlySpan().attributes["error.type"], "server_error");
  });

  test("the SDK's retries are one call", async () => {
    server.nextRequestError(500);
    await telemetry(openai({ maxRetries: 1 })).chat.completions.create(chat);
    assert.deepEqual(onlySpan().attributes, openaiChat);
  });

  test("prompts and answers are not recorded", async () => {
    await telemetry(openai()).chat.completions.create({ ...chat, messages: [user("a secret")] });
    assert.doesNotMatch(JSON.stringify(spans()), /a secret|All is well/);
  });

  test("other requests are left alone", async () => {
    await telemetry(openai())
      .models.list()
      .catch(() => undefined);
    await telemetry(openai())
      .files.list()
      .catch(() => undefined);
    assert.deepEqual(spans(), []);
  });

  test("an unknown thing is returned as it is, with one warning", () => {
    const thing = { hello: 1 };
    assert.equal(telemetry(thing), thing);
    assert.equal(telemetry(thing), thing);
    assert.equal(telemetry(undefined), undefined);
    assert.equal(telemetry(OpenAI), OpenAI);
    assert.deepEqual(
      warned.map((it) => it.replace(/ is neither.*/, "")),
      ["[cockpit] a Object", "[cockpit] undefined", "[cockpit] a class"],
    );
  });
});

describe("the SDK's promise", async () => {
  const { telemetry } = await loadRuntime(home);

  test("withResponse gives both", async () => {
    const { data, response } = await telemetry(openai()).chat.completions.create(chat).withResponse();
    assert.equal(data.choices[0]?.message.content, "All is well.");
    assert.equal(response.status, 200);
    assert.deepEqual(onlySpan().attributes, openaiChat);
  });

  for (const read of ["json", "text"] as const)
    test(`asResponse leaves the body to the caller, who reads ${read}`, async () => {
      const response = await telemetry(openai()).chat.completions.create(chat).asResponse();
      assert.equal(response.bodyUsed, false);
      assert.match(JSON.stringify(await response[read]()), /All is well/);
      assert.deepEqual(onlySpan().attributes, openaiChat);
    });

  for (const asksUsage of [false, true])
    test(`asResponse of a stream passes the events on, ${asksUsage ? "with" : "without"} the usage`, async () => {
      const options = asksUsage ? { stream_options: { include_usage: true } } : {};
      const response = await telemetry(openai())
        .chat.completions.create({ ...chat, stream: true, ...options })
        .asResponse();
      const sent = await new Response(response.body).text();
      assert.match(sent, /^data: .*\n\ndata: (.|\n)*data: \[DONE\]\n\n$/);
      assert.equal(/prompt_tokens/.test(sent), asksUsage);
      assert.deepEqual(onlySpan().attributes, { ...openaiChat, "cockpit.stream": true });
    });

  test("then, catch and finally work as on any promise", async () => {
    const seen: string[] = [];
    await telemetry(openai())
      .chat.completions.create({ ...chat, messages: [user("broken")] })
      .catch(() => seen.push("catch"))
      .finally(() => seen.push("finally"));
    assert.deepEqual(seen, ["catch", "finally"]);
  });
});

describe("streams", async () => {
  const { telemetry } = await loadRuntime(home);
  const streamed = { ...openaiChat, "cockpit.stream": true };
  const {
    "gen_ai.usage.input_tokens": _,
    "gen_ai.usage.output_tokens": __,
    "cockpit.cost.usd": ___,
    "cockpit.price.date": _____,
    "gen_ai.response.finish_reasons": ____,
    ...partial
  } = streamed;
  const open = (content = "hello") => telemetry(openai()).chat.completions.create({ ...chat, messages: [user(content)], stream: true });

  test("the usage that nobody asked for is not shown", async () => {
    const bare = await collect(await openai().chat.completions.create({ ...chat, stream: true }));
    const parts = await collect(await open());
    const shape = (it: OpenAI.ChatCompletionChunk[]) => it.map(({ choices, usage }) => ({ choices, usage }));
    assert.deepEqual(shape(parts), shape(bare));
    assert.deepEqual(onlySpan().attributes, streamed);
  });

  test("the usage that was asked for is shown", async () => {
    const parts = await collect(
      await telemetry(openai()).chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } }),
    );
    assert.equal(parts.at(-1)?.usage?.prompt_tokens, 1000);
    assert.deepEqual(onlySpan().attributes, streamed);
  });

  const closings: [name: string, close: (stream: Awaited<ReturnType<typeof open>>) => Promise<void>][] = [
    [
      "break",
      async (stream) => {
        for await (const _part of stream) break;
      },
    ],
    [
      "abort while reading",
      async (stream) => {
        for await (const _part of stream) stream.controller.abort();
      },
    ],
    [
      "abort without reading on",
      async (stream) => {
        await stream[Symbol.asyncIterator]().next();
        stream.controller.abort();
        await new Promise(setImmediate);
        await new Promise(setImmediate);
      },
    ],
  ];
  for (const [name, close] of closings)
    test(`${name} ends the span without usage`, async () => {
      await close(await open("slowly"));
      assert.deepEqual(onlySpan().attributes, partial);
    });

  test("an error thrown while reading is the reader's own", async () => {
    await assert.rejects(async () => {
      for await (const _part of await open()) throw new RangeError("mine");
    }, /mine/);
    assert.equal(onlySpan().isError, false);
  });

  test("tee gives both branches everything, in one span", async () => {
    const [left, right] = (await open()).tee();
    const text = async (it: AsyncIterable<OpenAI.ChatCompletionChunk>) =>
      (await collect(it)).map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.deepEqual(await Promise.all([text(left), text(right)]), ["All is well.", "All is well."]);
    assert.deepEqual(onlySpan().attributes, streamed);
  });

  test("toReadableStream gives every line", async () => {
    const lines = await new Response((await open()).toReadableStream()).text();
    assert.doesNotMatch(lines, /prompt_tokens/);
    assert.deepEqual(onlySpan().attributes, streamed);
  });

  test("Gemini's stream can be closed early", async () => {
    for await (const _part of await telemetry(google()).models.generateContentStream({ model: "gemini-2.0-flash", contents: "hello" }))
      break;
    assert.equal(onlySpan().isError, false);
  });

  test("a server that refuses stream_options is asked without, and not again with it", async () => {
    const seen: unknown[] = [];
    const refusing = await serve(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const { stream_options } = JSON.parse(body);
      seen.push(stream_options);
      if (stream_options)
        return response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"Unknown field: stream_options"}}');
      response
        .writeHead(200, { "content-type": "text/event-stream" })
        .end(
          'data: {"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        );
    });
    const client = telemetry(openai({ baseURL: refusing }));
    for (const _ of [1, 2]) assert.equal((await collect(await client.chat.completions.create({ ...chat, stream: true }))).length, 1);
    assert.deepEqual(seen, [{ include_usage: true }, undefined, undefined]);
    assert.deepEqual(
      spans().map((it) => [it.isError, it.attributes["gen_ai.usage.input_tokens"]]),
      [
        [false, undefined],
        [false, undefined],
      ],
    );
  });
});

describe("wrapping twice is wrapping once", async () => {
  const { telemetry, costControl } = await loadRuntime(home);
  const orders: [name: string, wrap: <T>(it: T) => T][] = [
    ["telemetry, telemetry", (it) => telemetry(telemetry(it))],
    ["costControl, telemetry", (it) => telemetry(costControl(it))],
    ["telemetry, costControl", (it) => costControl(telemetry(it))],
  ];
  for (const [name, wrap] of orders)
    test(name, async () => {
      const client = openai();
      assert.equal(wrap(client), client);
      await client.chat.completions.create(chat);
      assert.deepEqual(onlySpan().attributes, openaiChat);
    });
});
