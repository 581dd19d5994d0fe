/** The `cockpit` command as a process of its own, run by the Node that VS Code brings. */
import { type ChildProcess, spawn } from "node:child_process";
import type * as vscode from "vscode";

/** With a channel: what it is asked to watch ends when this side of it does, however that happens. */
export function startCockpit(context: vscode.ExtensionContext, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [context.asAbsolutePath("dist/cockpit.mjs"), ...args], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
}

export interface CockpitResult {
  /** `null` when it could not be run at all. */
  code: number | null;
  stdout: string;
  /** What it said to people, or why it was not run. */
  stderr: string;
}

export function runCockpit(context: vscode.ExtensionContext, args: readonly string[]): Promise<CockpitResult> {
  const child = startCockpit(context, args);
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (it: string) => (stdout += it));
  child.stderr?.setEncoding("utf8").on("data", (it: string) => (stderr += it));
  return endOf(child).then(
    ({ code }) => ({ code, stdout, stderr }),
    (error: Error) => ({ code: null, stdout, stderr: error.message }),
  );
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Resolves when the process is gone and all that it wrote was read; rejects when it could not be started. A child's "close" never comes after `disconnect`. */
export function endOf(child: ChildProcess): Promise<Ending> {
  const isRead = [child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once("close", resolve)));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => void Promise.all(isRead).then(() => resolve({ code, signal })));
  });
}
