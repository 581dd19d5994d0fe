import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { makeHome } from "./harness.ts";

const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
  target: "es2022",
  types: ["node"],
  skipLibCheck: true,
  noEmit: true,
};

const modules: [name: string, type: string, options: Record<string, unknown>][] = [
  ["ECMAScript modules of Node", "module", { module: "nodenext", verbatimModuleSyntax: true }],
  ["CommonJS of Node", "commonjs", { module: "nodenext" }],
  ["a bundler", "module", { module: "esnext", moduleResolution: "bundler", verbatimModuleSyntax: true }],
  ["CommonJS of a bundler", "commonjs", { module: "commonjs" }],
];

/** What is wrapped keeps its exact type: each line would not compile if it were wider or narrower. */
const agent = `
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { AgentPausedError, BudgetExceededError, costControl, telemetry } from "./cockpit-runtime";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

class Mine extends OpenAI { extra = 1 }
const mine = costControl(telemetry(new Mine()), { run: 1, day: null });
same<typeof mine, Mine>(true);
const claude = telemetry(new Anthropic());
same<typeof claude, Anthropic>(true);
const google = costControl(new GoogleGenAI({}));
same<typeof google, GoogleGenAI>(true);

async function answer<T extends string>(question: T, _times = 1): Promise<\`\${T}!\`> { return \`\${question}!\` as const; }
const wrapped = telemetry(answer);
same<typeof wrapped, typeof answer>(true);
async function* parts(this: Mine, count: number): AsyncGenerator<number, string, boolean> { yield count; return "end"; }
const stream = costControl(parts, { run: 0.5 });
same<typeof stream, typeof parts>(true);
const named = telemetry(Object.assign(() => 1, { label: "one" }));
same<typeof named.label, string>(true);

export const reasonOf = (error: unknown) => (error instanceof AgentPausedError ? error.reason : error instanceof BudgetExceededError ? error.message : undefined);
// @ts-expect-error: a limit is a number
costControl(mine, { run: "1" });
// @ts-expect-error: there is no such limit
costControl(mine, { week: 1 });
`;

for (const [name, type, options] of modules)
  test(`compiles, and types stay what they are, for ${name}`, async () => {
    const home = makeHome();
    home.write("package.json", { type });
    const isNode = options.module === "nodenext";
    const extension = isNode ? (type === "module" ? ".ts" : "") : "";
    home.write("agent.ts", agent.replace("./cockpit-runtime", `./cockpit-runtime${extension}`));
    const compilerOptions = { ...strict, ...options, allowImportingTsExtensions: true };
    home.write("tsconfig.json", { compilerOptions, files: ["agent.ts"] });
    const tsc = join(home.path, "node_modules/typescript/bin/tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", home.path]).catch((error) => error);
    assert.equal(stdout, "");
  });

test("these tests compile", async () => {
  const tsc = join(import.meta.dirname, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", import.meta.dirname]).catch((error) => error);
  assert.equal(stdout, "");
});
