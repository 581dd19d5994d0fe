/** Runs the real command: the bundle named by COCKPIT_BIN, else from source. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after } from "node:test";

const repository = resolve(import.meta.dirname, "../..");
export const command = process.env.COCKPIT_BIN
  ? [resolve(process.env.COCKPIT_BIN)]
  : ["--import", join(repository, "scripts/text-modules.ts"), join(repository, "server/cli/main.ts")];

const scratch = mkdtempSync(join(tmpdir(), "cockpit-cli-"));
after(() => rmSync(scratch, { recursive: true }));

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** What starts the command: a program and its arguments, before those of the command. */
  under?: readonly string[];
}

/** Starts the command with an environment of its own: no CI, no colours, a cache that is thrown away. */
export function start(args: readonly string[], { cwd, env = {}, under = [] }: RunOptions): ChildProcess {
  const [program = process.execPath, ...all] = [...under, process.execPath, ...command, ...args];
  return spawn(program, all, { cwd, env: { ...environment(), ...env } });
}

export function environment(): Record<string, string> {
  const home = join(scratch, "home");
  mkdirSync(home, { recursive: true });
  return { PATH: process.env.PATH ?? "", HOME: home, XDG_CACHE_HOME: join(home, "cache"), LOCALAPPDATA: home };
}

export async function cockpit(args: readonly string[], options: RunOptions): Promise<Result> {
  const child = start(args, options);
  const [stdout, stderr, code] = await Promise.all([read(child.stdout), read(child.stderr), exitCode(child)]);
  return { code, stdout, stderr };
}

export function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}

export async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  if (stream) for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

let made = 0;

/** A folder with these files, which is a repository of its own: nothing above it counts. */
export function workspace(files: Record<string, string | Buffer>, { repository = true } = {}): string {
  const root = join(scratch, `workspace-${made++}`);
  mkdirSync(root);
  if (repository) mkdirSync(join(root, ".git"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

export function makeReadOnly(path: string) {
  chmodSync(path, 0o444);
}

/** Every file below a folder with its mode, times and content: equal before and after something that must not write. */
export function snapshot(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { mode, mtimeMs, ino } = lstatSync(join(root, name));
      const isFile = lstatSync(join(root, name)).isFile();
      const hash = isFile
        ? createHash("sha256")
            .update(readFileSync(join(root, name)))
            .digest("hex")
        : "";
      return `${name} ${mode.toString(8)} ${mtimeMs} ${ino} ${hash}`;
    });
}

/** A fleet of three: a critical or warned one in Python, one that needs nothing, and a file outside both. */
export const fleet = {
  "agents/billing/pyproject.toml": '[project]\nname = "billing"\ndependencies = ["openai"]\n',
  "agents/billing/agent.py": 'import os\nfrom openai import OpenAI\n\nclient = OpenAI()\nif os.environ.get("DEBUG"): print("on")\n',
  "agents/calm/go.mod": "module example.com/calm\n\ngo 1.24\n",
  "agents/calm/main.go": 'package main\n\nimport "github.com/openai/openai-go"\n\nfunc main() { _ = openai.ChatModelGPT4o }\n',
  "tool.py": "while True: break\n",
};
