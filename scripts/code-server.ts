/** A real VS Code served to a browser: installed under test/extension when it is missing, started on a free loopback port. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import startProgram from "cross-spawn";

const home = join(import.meta.dirname, "../test/extension");
const packageFolder = join(home, "node_modules/code-server");
const entry = join(packageFolder, "out/node/entry.js");

export interface CodeServer {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** Resolves when it ended, by `stop` or by itself. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface CodeServerOptions {
  /** Profile and extensions live here; nothing else of the machine's VS Code is touched. */
  profile: string;
  /** Extensions to install first. */
  vsixes: readonly string[];
  env?: Record<string, string>;
  /** Whether the workspace is trusted without asking. */
  trusted: boolean;
  /** Told the process as soon as there is one. */
  onStart?(child: ChildProcess): void;
}

/** Installs code-server unless it is there: about two minutes and 620 MB. */
export async function installCodeServer(): Promise<void> {
  // The last step of its installation is that of its own VS Code's modules.
  if (existsSync(entry) && existsSync(join(packageFolder, "lib/vscode/node_modules"))) return;
  console.log("installing code-server, a VS Code for the browser (about two minutes, once)…");
  await installPackages({ "/usr/include/gssapi/gssapi.h": "libkrb5-dev" });
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: home });
}

/** Installs Debian packages whose file is missing, where we may; elsewhere what needs them will say that it does. */
export async function installPackages(byFile: Readonly<Record<string, string>>): Promise<void> {
  const missing = Object.entries(byFile).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
  const mayInstall = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (missing.length === 0 || !mayInstall) return;
  console.log(`installing ${missing.join(", ")}…`);
  await run("apt-get", ["update", "-qq"]);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env: { DEBIAN_FRONTEND: "noninteractive" } });
}

export async function startCodeServer({ profile, vsixes, env, trusted, onStart }: CodeServerOptions): Promise<CodeServer> {
  for (const vsix of vsixes) await installExtension(vsix, profile);
  const port = await freePort();
  const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
  const quiet = ["--disable-getting-started-override", ...(trusted ? ["--disable-workspace-trust"] : [])];
  // A process group of its own, so that its children end with it.
  const child = spawn(process.execPath, [entry, ...placesIn(profile), ...flags, ...quiet], {
    env: environment(env),
    stdio: "ignore",
    detached: true,
  });
  onStart?.(child);
  const ended = once(child, "exit").then(() => {});
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/healthz`, child);
  return { url, ended, stop: () => stopGroup(child, ended) };
}

/** Unpacks an extension into a profile's `extensions`. */
export async function installExtension(vsix: string, profile: string): Promise<void> {
  await run(process.execPath, [entry, ...placesIn(profile), "--install-extension", vsix, "--force"]);
}

function placesIn(profile: string): string[] {
  const folders = ["--user-data-dir", join(profile, "user-data"), "--extensions-dir", join(profile, "extensions")];
  return ["--config", join(profile, "code-server.yaml"), ...folders];
}

/** Ends a process that was started detached, and everything that it started. */
export async function stopGroup({ pid }: ChildProcess, ended: Promise<void>): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  signalGroup(pid, "SIGKILL");
}

/** Returns whether anybody was there. Windows has no groups and no manners: there the process and its children end at once. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  if (process.platform === "win32") return spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" }).status === 0;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`code-server ended with exit code ${child.exitCode} before it answered`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("code-server did not answer within 30 seconds");
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

/** Runs to the end, showing what the program says only when it fails. Node itself starts no `npm.cmd` and no `code.cmd` on Windows. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd?: string | undefined; env?: Record<string, string> | undefined } = {},
): Promise<void> {
  const child = startProgram(command, [...args], { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with exit code ${code}:\n${output}`);
}

/**
 * Native modules are built for this Node, so it comes first, and no npm around us may speak of another one; nor may a VS Code around us be mistaken for the
 * one that we start.
 */
function environment(more: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^VSCODE_|^npm_config_user_agent$/.test(name));
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return { ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ""])), PATH: path, ...more };
}

/** Whether a program answers `--version`, and what. */
export function versionOf(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8", shell: process.platform === "win32" });
  return status === 0 ? stdout : undefined;
}
