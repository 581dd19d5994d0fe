/** The models of the demo: the samples' stand-in with more answers, and the pace of a model. Nothing leaves this machine. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { poison } from "./agents.ts";
import { inbox, places } from "./places.ts";
import type { Processes } from "./processes.ts";

/** Resolves with what the agents' environment needs to find it. */
export async function startStandIn(processes: Processes): Promise<Record<string, string>> {
  await writeFile(places.answers, JSON.stringify({ fixtures: [...answers(), ...(await endless())] }));
  const command = join(places.packages, "stand-in/node_modules/@copilotkit/aimock/dist/cli.js");
  const fixtures = [places.answers, join(places.fleet, "stand-in/fixtures.json")].flatMap((it) => ["--fixtures", it]);
  const flags = ["--host", "127.0.0.1", "--port", "0", "--chaos-latency", "250", "--journal-max", "20"];
  const { child } = processes.start(process.execPath, [command, ...flags, ...fixtures], { stdio: ["ignore", "pipe", "ignore"] });
  if (!child.stdout) throw new Error("the stand-in has no output");
  const lines = createInterface(child.stdout);
  const said = lines[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await said.next();
    if (done) throw new Error("the stand-in for the model APIs ended before it listened");
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(value) ?? [];
    if (url === undefined) continue;
    // Lines that nobody takes would pile up, and then hold it up.
    lines.close();
    child.stdout.resume();
    return environment(url);
  }
}

const environment = (url: string) => ({
  OPENAI_BASE_URL: `${url}/v1`,
  OPENAI_API_KEY: "none",
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: "none",
  GOOGLE_GEMINI_BASE_URL: url,
  GEMINI_API_KEY: "none",
  GOOGLE_GENAI_API_VERSION: "v1beta",
});

function answers() {
  return [
    ...invoiceAnswers.map(([number, date, currency, total]) => ({
      match: { userMessage: `Invoice ${number}` },
      response: { content: JSON.stringify({ number, date, currency, total }), usage: { input_tokens: 96, output_tokens: 31 } },
    })),
    ...fares.map(([match, origin, destination]) => ({
      match: { systemMessage: "You plan trips", userMessage: match, hasToolResult: false },
      response: { toolCalls: [{ name: "fare", arguments: JSON.stringify({ origin, destination }) }] },
    })),
    ...lines.map(([userMessage, content]) => ({ match: { userMessage }, response: { content } })),
    ...pages.map(([userMessage, content], i) => ({
      match: { userMessage },
      response: { content, usage: { promptTokenCount: 41 + 3 * i, candidatesTokenCount: 180 + 25 * i, totalTokenCount: 221 + 28 * i } },
    })),
  ];
}

const invoiceAnswers = [
  ["2026-117", "2026-11-02", "EUR", 119.04],
  ["2026-118", "2026-11-03", "EUR", 328.2],
  ["2026-119", "2026-11-05", "GBP", 684],
  ["2026-120", "2026-11-09", "EUR", 682],
] as const;

const fares = [
  ["Munich", "lis", "muc"],
  ["Oslo", "ber", "osl"],
] as const;

const lines = [
  ["Munich", "Lisbon to Munich costs 149.50 euros. Shall I book it?"],
  ["Oslo", "Berlin to Oslo costs 88 euros a seat, 176 euros for two. Shall I book them?"],
  ["Porto", "I can only look up flights; for trains to Porto please ask the station."],
  ["may entry a3", "A hotel may have bought teapots for all its rooms at once."],
  ["may entry a5", "Nobody wrote down what the money was for."],
  ["may entry a6", "The rent of a year may have been paid at once."],
] as const;

const pages = [
  ["backs", "Otters sleep on their backs, wrapped in kelp."],
  ["freeze", "Rivers freeze from above, and so fish live below."],
  ["money", "Bricks of tea were money in Central Asia for centuries."],
] as const;

/**
 * The answer to the poisonous invoice names its currency as the invoice does, however often it is asked for. As with a real model, what is asked costs what the whole
 * conversation is long, until that is too long for the model.
 */
async function endless() {
  const text = await readFile(join(inbox, poison), "utf8");
  const content = JSON.stringify({ number: "2026-131", date: "2026-11-24", currency: "EURO", total: 1410.75 });
  const [once, turn] = [tokens(text) + 20, tokens(text) + tokens(content) + 35];
  const match = { userMessage: "Invoice 2026-131" };
  const turns = Array.from({ length: Math.ceil((window - once) / turn) }, (_, turnIndex) => ({
    match: { ...match, turnIndex },
    response: { content, usage: { input_tokens: once + turnIndex * turn, output_tokens: tokens(content) } },
  }));
  const error = { type: "invalid_request_error", message: `prompt is too long: more than ${window} tokens` };
  return [...turns, { match, response: { error, status: 400 } }];
}

/** Of the model that is asked, in tokens. */
const window = 200_000;

const tokens = (text: string) => Math.ceil(text.length / 4);
