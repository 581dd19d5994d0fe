/** The real uv, pip and npm in a home of their own, with one index configured. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../../../server/auth/failover/names.ts";
import type { PackageIndex } from "../../../server/auth/package-index.ts";

export const tools = ["uv", "pip", "npm"] as const;
export type TestedTool = (typeof tools)[number];

export interface Toolbox {
  /** Python tools' `bin`. */
  bin: string;
  /** Where homes and projects are made. */
  scratch: string;
  /** COCKPIT_PUBLIC_PYPI and COCKPIT_PUBLIC_NPM. */
  publicVariables: Record<string, string>;
}

/** As a person's machine would have it: short waits, nothing of this machine's own. */
export function environmentOf(tool: TestedTool, index: string, { bin, scratch, publicVariables }: Toolbox): Record<string, string> {
  const home = mkdtempSync(join(scratch, "home-"));
  const waits = {
    UV_HTTP_TIMEOUT: "2",
    UV_HTTP_RETRIES: "0",
    PIP_DEFAULT_TIMEOUT: "2",
    PIP_RETRIES: "0",
    PIP_NO_INPUT: "1",
    npm_config_fetch_retries: "0",
    npm_config_fetch_timeout: "2000",
  };
  const quiet = {
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    npm_config_update_notifier: "false",
    UV_PYTHON_DOWNLOADS: "never",
    UV_PYTHON: join(bin, "python"),
  };
  const configured = { uv: { UV_DEFAULT_INDEX: index }, pip: { PIP_INDEX_URL: index }, npm: { npm_config_registry: index } }[tool];
  return {
    PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: home,
    ...waits,
    ...quiet,
    ...publicVariables,
    ...configured,
  };
}

export const indexOf = (tool: TestedTool, address: string): PackageIndex => ({
  name: "corp",
  tool,
  format: tool === "npm" ? "npm" : "pypi",
  url: tool === "npm" ? `${address}/` : `${address}/simple/`,
  isDefault: true,
  from: "the test",
});

/** A command that installs into a folder of its own. */
export function installing(tool: TestedTool, names: readonly string[], { scratch }: Toolbox): { command: string[]; folder: string } {
  const folder = mkdtempSync(join(scratch, "project-"));
  mkdirSync(join(folder, "site"));
  if (tool === "npm") writeFileSync(join(folder, "package.json"), "{}");
  const words = { uv: ["uv", "pip", "install", "--target", "site"], pip: ["pip", "install", "--target", "site"], npm: ["npm", "install"] }[
    tool
  ];
  return { command: [...words, ...names], folder };
}

/** The version that is installed; undefined when it is not. */
export function installed(tool: TestedTool, name: string, folder: string): string | undefined {
  const file =
    tool === "npm" ? join(folder, "node_modules", name, "package.json") : join(folder, "site", `${name.replaceAll("-", "_")}.py`);
  return existsSync(file) ? /\d+\.\d+\.\d+/.exec(readFileSync(file, "utf8"))?.[0] : undefined;
}

/** Runs it and keeps what it said. */
export function runner(folder: string, said: string[] = []) {
  return ([program = "", ...args]: readonly string[], env: Environment): Promise<number> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: folder, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", (it) => said.push(String(it)));
      child.stderr.on("data", (it) => said.push(String(it)));
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
}
