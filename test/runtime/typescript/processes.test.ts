import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { makeHome, serve, standIn } from "./harness.ts";
import type { Home } from "./home.ts";

const server = await standIn([{ match: {}, response: { content: "Yes.", usage: { prompt_tokens: 1000, completion_tokens: 500 } } }]);

const body = `
const client = telemetry(new OpenAI({ apiKey: "none", baseURL: process.env.MODEL_URL }));
const answer = telemetry(async function answer() {
  return (await client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] })).choices[0].message.content;
});
`;
const asks = `${body} answer().then((it) => console.log(it));`;
const imported = (runtime: string, rest = asks) => `import OpenAI from "openai";\nimport { telemetry } from "./${runtime}";\n${rest}`;
const required = `const { OpenAI } = require("openai");\nconst { telemetry } = require("./cockpit-runtime.mjs");\n${asks}`;

/** Runs an agent to its own end. */
async function run(
  home: Home,
  file: string,
  text: string,
  variables: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string }> {
  home.write(file, text);
  const env = { PATH: process.env.PATH, MODEL_URL: `${server.url}/v1`, ...variables };
  return promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", file], { cwd: home.path, env });
}

/** What was posted to a collector, as text: the names in it stand there as they are. */
async function collector(answer: (respond: (status: number) => void) => void) {
  const received: { path: string; body: string; type: string | undefined }[] = [];
  const url = await serve(async (request, response) => {
    let posted = "";
    for await (const part of request.setEncoding("latin1")) posted += part;
    received.push({ path: request.url ?? "", body: posted, type: request.headers["content-type"] });
    answer((status) => response.writeHead(status).end());
  });
  return { url, received };
}

describe("a process that ends by itself has sent its spans", () => {
  const forms: [name: string, file: string, text: string][] = [
    ["TypeScript", "agent.ts", imported("cockpit-runtime.ts")],
    ["JavaScript, imported", "agent.mjs", imported("cockpit-runtime.mjs")],
    ["JavaScript, required", "agent.cjs", required],
  ];
  for (const [name, file, text] of forms)
    test(name, async () => {
      const { url, received } = await collector((respond) => respond(200));
      const { stdout, stderr } = await run(makeHome(), file, text, { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: "the service" });
      assert.deepEqual([stdout, stderr], ["Yes.\n", ""]);
      assert.deepEqual(
        received.map(({ path, type }) => [path, type]),
        [["/v1/traces", "application/x-protobuf"]],
      );
      for (const part of ["chat gpt-4o-mini", "invoke_agent answer", "gen_ai.usage.input_tokens", "billing", "the service"])
        assert.ok(received[0]?.body.includes(part), `no ${part}`);
    });
});

describe("without a tracer provider and an endpoint", () => {
  test("nothing is sent, and nothing is said", async () => {
    const { stdout, stderr } = await run(makeHome(), "agent.ts", imported("cockpit-runtime.ts"));
    assert.deepEqual([stdout, stderr], ["Yes.\n", ""]);
  });

  test("an app that sets its provider up after the first call is not in our way, nor we in its", async () => {
    const later = `${body}
      import { context, trace } from "@opentelemetry/api";
      import { TracerProvider } from "@opentelemetry/sdk-trace";
      await answer();
      const nothing = async () => {};
      const seen: string[] = [];
      const processor = { onStart() {}, onEnd: (span) => void seen.push(span.name), shutdown: nothing, forceFlush: nothing };
      console.log(trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] })));
      await answer();
      console.log(seen.join());`;
    const { url, received } = await collector((respond) => respond(200));
    const { stdout } = await run(makeHome(), "agent.ts", imported("cockpit-runtime.ts", later), { OTEL_EXPORTER_OTLP_ENDPOINT: url });
    assert.equal(stdout, "true\nchat gpt-4o-mini,invoke_agent answer\n");
    assert.equal(received.length, 1);
  });
});

describe("a collector that fails changes no result, and the process still ends", () => {
  const thrice = `${body} for (const _ of [1, 2, 3]) console.log(await answer());`;
  const failing: [name: string, warns: boolean, url: () => Promise<string>][] = [
    ["down", true, async () => "http://127.0.0.1:1"],
    ["wrong", true, async () => (await collector((respond) => respond(400))).url],
    ["slow", true, async () => (await collector(() => {})).url],
    ["no address", true, async () => "nonsense"],
  ];
  for (const [name, warns, url] of failing)
    test(name, async () => {
      const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: await url(), OTEL_EXPORTER_OTLP_TIMEOUT: "300" };
      const { stdout, stderr } = await run(makeHome(), "agent.ts", imported("cockpit-runtime.ts", thrice), variables);
      assert.equal(stdout, "Yes.\nYes.\nYes.\n");
      assert.equal(stderr.match(/\[cockpit\] spans could not be sent/g)?.length ?? 0, warns ? 1 : 0);
    });
});

test("a process ends although the mothball endpoint is asked", async () => {
  const variables = { COCKPIT_MOTHBALL_URL: await serve((_, response) => response.writeHead(204).end()) };
  const { stdout } = await run(makeHome(), "agent.ts", imported("cockpit-runtime.ts"), variables);
  assert.equal(stdout, "Yes.\n");
});
