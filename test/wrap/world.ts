/** The world around a wrapped agent: a stand-in for the models, an OTLP receiver, and the command that wraps. */
import assert from "node:assert/strict";
import { type ChildProcessByStdio, execFile, type SpawnOptions, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { promisify, stripVTControlCharacters } from "node:util";
import { npmTool } from "../tools/npm.ts";
import { runtimePython } from "../tools/python.ts";

const repository = join(import.meta.dirname, "../..");
const sdks = join(repository, "test/runtime/typescript");

export interface Span {
  name: string;
  status: string;
  service: string;
  attributes: Record<string, unknown>;
}

export interface World {
  /** What an agent's environment needs to find both. */
  environment: Record<string, string>;
  /** How many requests the stand-in has had. */
  requests(): Promise<number>;
  spans: Receiver["spans"];
  close(): void;
}

/** A program that prints the port it listens on somewhere in its first lines. */
export async function listening(
  command: string,
  args: string[],
  port: RegExp,
  options: Pick<SpawnOptions, "cwd" | "env" | "detached"> = {},
) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await lines.next();
    assert(!done, `${command} ended before it listened`);
    // Where CI is set, some programs colour what nobody looks at.
    const [, found] = port.exec(stripVTControlCharacters(value)) ?? [];
    if (found) return { child, lines, url: `http://127.0.0.1:${found}` };
  }
}

export async function openWorld(): Promise<World> {
  const aimock = join(await npmTool("@copilotkit/aimock", "1.43.0"), "dist/cli.js");
  const fixtures = join(repository, "test/runtime/python/fixtures.json");
  const models = await listening(
    process.execPath,
    [aimock, "--port", "0", "--host", "127.0.0.1", "--fixtures", fixtures],
    /127\.0\.0\.1:(\d+)/,
  );
  const receiver = await openReceiver();
  return {
    environment: {
      OPENAI_BASE_URL: `${models.url}/v1`,
      OPENAI_API_KEY: "k",
      GOOGLE_GEMINI_BASE_URL: models.url,
      GEMINI_API_KEY: "k",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
    async requests() {
      const journal: unknown = await (await fetch(`${models.url}/__aimock/journal`)).json();
      assert(Array.isArray(journal));
      return journal.length;
    },
    spans: receiver.spans,
    close() {
      models.child.kill();
      receiver.close();
    },
  };
}

export interface Receiver {
  url: string;
  /** The next `count` spans that arrive. */
  spans(count: number): Promise<Span[]>;
  close(): void;
}

/** An OTLP endpoint. */
export async function openReceiver(): Promise<Receiver> {
  const python = join(await runtimePython(), "python");
  const { child, lines, url } = await listening(python, [join(repository, "test/runtime/otlp_receiver.py")], /^(\d+)$/);
  return {
    url,
    async spans(count) {
      const found: Span[] = [];
      while (found.length < count) {
        const line = await Promise.race([lines.next(), patience()]);
        if (!line) throw new Error(`of ${count} spans only these arrived: ${JSON.stringify(found)}`);
        found.push(JSON.parse(line.value ?? ""));
      }
      return found;
    },
    close: () => void child.kill(),
  };
}

/** A span in a line. */
export function told({ name, status, attributes }: Span): string {
  const tokens =
    attributes["gen_ai.usage.input_tokens"] === undefined
      ? ""
      : ` ${attributes["gen_ai.usage.input_tokens"]}/${attributes["gen_ai.usage.output_tokens"]}`;
  return `${name}${tokens}${attributes["cockpit.stream"] ? " stream" : ""}${status === "ERROR" ? " error" : ""}`;
}

/** Generous: the machine may be busy. */
const patience = () => setTimeout(60_000, undefined, { ref: false });

export type Language = "python" | "typescript" | "go";

/** A copy of the unwrapped agent, with what it needs installed. `remove` it afterwards. */
export async function agentOf(language: Language): Promise<{ folder: string; remove(): void }> {
  const home = mkdtempSync(join(tmpdir(), "cockpit-wrap-"));
  const folder = join(home, language);
  cpSync(join(import.meta.dirname, "agents", language), folder, { recursive: true });
  // Sources that other tools of this repository should not take for theirs.
  for (const it of readdirSync(folder))
    if (it.endsWith(".txt") && it !== "requirements.txt") renameSync(join(folder, it), join(folder, it.slice(0, -4)));
  if (language === "typescript") {
    symlinkSync(join(await typescriptSdks(), "node_modules"), join(folder, "node_modules"));
  }
  return { folder, remove: () => rmSync(home, { recursive: true }) };
}

/** The folder that has the real SDKs of models and of OpenTelemetry. */
export async function typescriptSdks(): Promise<string> {
  if (!existsSync(join(sdks, "node_modules/openai"))) await run("npm", ["ci", "--no-audit", "--no-fund"], sdks);
  return sdks;
}

/** The agent as the command wraps it, checked and ready to start. `remove` it afterwards. */
export async function wrappedAgentOf(language: Language) {
  const { folder, remove } = await agentOf(language);
  const { install, checks, start } = await toolsOf(language);
  const succeed = async ([command = "", ...args]: readonly string[]) => {
    const { code, stdout, stderr } = await run(command, args, folder);
    assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
  };
  const fixed = await cockpit(folder, "fix", "--rule", "untracked-client", "-f");
  assert.equal(fixed.code, 0, fixed.stderr);
  if (install.length > 0) await succeed(install);
  for (const check of checks) await succeed(check);
  return { folder, remove, start };
}

export async function run(command: string, args: readonly string[], cwd: string, environment: Record<string, string> = {}) {
  const env = { ...process.env, GOFLAGS: "-mod=mod", PYTHONDONTWRITEBYTECODE: "1", ...environment };
  return promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code?: number; stdout: string; stderr: string }) => ({ code: error.code ?? 1, stdout: error.stdout, stderr: error.stderr }),
  );
}

export const cockpit = (folder: string, ...args: string[]) =>
  run(process.execPath, [join(repository, "dist/cockpit.mjs"), ...args], folder);

/** How the agent's own language checks and starts it. */
export async function toolsOf(language: Language): Promise<{ install: string[]; checks: string[][]; start: string[] }> {
  const bin = await runtimePython();
  const strict =
    "--noEmit --strict --noUncheckedIndexedAccess --target es2024 --module nodenext --allowImportingTsExtensions --erasableSyntaxOnly --skipLibCheck --types node";
  return {
    python: {
      install: [],
      checks: [[join(bin, "pyright"), "--pythonpath", join(bin, "python"), "."]],
      start: [join(bin, "python"), "main.py"],
    },
    typescript: {
      install: [],
      checks: [[join(repository, "node_modules/.bin/tsc"), ...strict.split(" "), "main.ts"]],
      start: [process.execPath, "main.ts"],
    },
    go: {
      install: ["go", "mod", "tidy"],
      checks: [
        ["go", "vet", "./..."],
        ["go", "build", "-o", "agent", "."],
      ],
      start: ["./agent"],
    },
  }[language];
}

/** A running agent that answers a line for a line. */
export function serving(start: readonly string[], folder: string, environment: Record<string, string>) {
  const [command = "", ...args] = start;
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, [...args, "serve"], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(text: string): Promise<string> {
      child.stdin.write(`${text}\n`);
      return (await lines.next()).value ?? "";
    },
    stop: () => child.stdin.end(),
  };
}
