/** A person's account on a machine: home, temporary and runtime folders, the programs on his PATH, and the cockpit that he runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { command, exitCode, type Result, read } from "../../cli/cockpit.ts";

export interface Home {
  root: string;
  environment: Record<string, string>;
  /** Writes a file, by its path below the home folder; returns the absolute path. */
  write(path: string, content: string | object): string;
  /** A program on the PATH, written for Node. */
  program(name: string, source: string): void;
  start(args: readonly string[], environment?: Record<string, string>): ChildProcess;
  /** A script of ours, as this person. */
  run(args: readonly string[]): ChildProcess;
  cockpit(args: readonly string[], environment?: Record<string, string>): Promise<Result>;
  /** What `credentialsFor` gives another command of this person, by address. */
  ask(indexes: readonly { url: string; format: string }[]): Promise<Record<string, Asked>>;
  /** Process ids of the keepers that this person started and that still run. */
  keepers(): number[];
  close(): Promise<void>;
}

export interface Asked {
  username?: string;
  secret?: string;
  expiresAt?: number;
  problem?: string;
}

export function makeHome(clouds: Record<string, string>): Home {
  const root = mkdtempSync(join(tmpdir(), "cockpit-home-"));
  for (const name of ["home", "tmp", "bin"]) mkdirSync(join(root, name));
  mkdirSync(join(root, "run"), { mode: 0o700 });
  const environment = {
    HOME: join(root, "home"),
    TMPDIR: join(root, "tmp"),
    XDG_RUNTIME_DIR: join(root, "run"),
    COCKPIT_CONFIG_DIR: join(root, "home/.config/cockpit"),
    PATH: join(root, "bin"),
    ...clouds,
  };
  const start = (args: readonly string[], more = {}) =>
    spawn(process.execPath, [...args], { cwd: root, env: { ...environment, ...more }, stdio: ["ignore", "pipe", "pipe"] });
  const finished = async (child: ChildProcess): Promise<Result> => {
    const [stdout, stderr, code] = await Promise.all([read(child.stdout), read(child.stderr), exitCode(child)]);
    return { code, stdout, stderr };
  };
  const keepers = () => processesOf(root);
  return {
    root,
    environment,
    write(path, content) {
      const file = join(root, "home", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
      return file;
    },
    program(name, source) {
      writeFileSync(join(root, "bin", name), `#!${process.execPath}\n${source}\n`);
      chmodSync(join(root, "bin", name), 0o755);
    },
    start: (args, more) => start([...command, ...args], more),
    run: (args) => start(args),
    cockpit: (args, more) => finished(start([...command, ...args], more)),
    async ask(indexes) {
      const { stdout, stderr } = await finished(start([join(import.meta.dirname, "ask.ts"), JSON.stringify(indexes)]));
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    },
    keepers,
    async close() {
      for (const id of keepers()) process.kill(id);
      while (keepers().length > 0) await setTimeout(20);
      rmSync(root, { recursive: true });
    },
  };
}

/** Linux tells each process's environment; a keeper of this home has its runtime folder. */
function processesOf(root: string): number[] {
  return readdirSync("/proc")
    .filter((it) => /^\d+$/.test(it))
    .map(Number)
    .filter((id) => {
      try {
        const isKeeper = /keeper(?:\.mjs|\/main\.ts)/.test(readFileSync(`/proc/${id}/cmdline`, "utf8"));
        return (
          isKeeper &&
          readFileSync(`/proc/${id}/environ`, "utf8").includes(`XDG_RUNTIME_DIR=${root}/run\0`) &&
          readlinkSync(`/proc/${id}/exe`) !== ""
        );
      } catch {
        return false;
      }
    });
}

/** Files below a folder in which one of the secrets stands, however written; there are none. */
export function leaks(root: string, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap(formsOf);
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(root, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) return false;
    const bytes = readFileSync(path);
    return forms.some((it) => bytes.includes(it));
  });
}

/** Those of the secrets that stand in the text, however written; there are none. */
export const secretsIn = (text: string, secrets: readonly string[]) =>
  secrets.filter((it) => formsOf(it).some((form) => text.includes(form)));

/** Plain, in an address, and in a header or `_auth`, whatever the user name before it: three of its bytes are four letters there, from one of three beginnings. */
function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((before) => {
    const letters = Buffer.from(" ".repeat(before) + secret).toString("base64");
    return letters.slice(Math.ceil((before * 4) / 3), Math.floor(((before + Buffer.byteLength(secret)) * 4) / 3));
  });
  return [secret, encodeURIComponent(secret), ...encoded];
}
