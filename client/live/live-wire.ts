/** Live Wire in the editor: a watcher as a process of its own, so that nobody who types ever waits for what agents send. */
import * as vscode from "vscode";
import type { ToldAlert, WatchFailure, WatchNews, WatchRequest } from "../../server/protocol/fleet-watch.ts";
import { afterLine, type LiveState } from "./live-state.ts";
import { type Supervisor, supervise } from "./supervisor.ts";

export interface LiveWire extends vscode.Disposable {
  state(): LiveState;
  readonly onDidChange: vscode.Event<void>;
  /** Alerts of the watcher as they are told: opened, updated, closed. */
  readonly onDidTell: vscode.Event<ToldAlert>;
  /** All that the watcher tells, line by line. */
  readonly onDidHear: vscode.Event<WatchNews>;
  /** Says whose details are wanted from now on. */
  look(agents: readonly string[], range: WatchRequest["range"]): void;
  /** The folder that is or was watched last. */
  folder(): vscode.WorkspaceFolder | undefined;
  start(folder: vscode.WorkspaceFolder, port?: number): Promise<void>;
  stop(): Promise<void>;
}

export function createLiveWire(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LiveWire {
  const changed = new vscode.EventEmitter<void>();
  const told = new vscode.EventEmitter<ToldAlert>();
  const heard = new vscode.EventEmitter<WatchNews>();
  let looked: WatchRequest = { kind: "look", agents: [], range: "15 min" };
  let ask: ((request: WatchRequest) => void) | undefined;
  let state: LiveState = { kind: "off" };
  let folder: vscode.WorkspaceFolder | undefined;
  let supervisor: Supervisor | undefined;
  let isDisposed = false;

  function become(next: LiveState) {
    state = next;
    if (isDisposed) return;
    void vscode.commands.executeCommand("setContext", "cockpit.live", next.kind !== "off" && next.kind !== "failed");
    changed.fire();
  }

  function take(line: WatchNews) {
    const next = afterLine(state, line);
    if (next.kind === "listening" && state.kind !== "listening") log.info(`Live Wire listens on ${next.url}`);
    if (next !== state) become(next);
    // One that was started again does not know what is looked at.
    if (line.kind === "listening") ask?.(looked);
    if (isDisposed) return;
    if (line.kind === "alert") told.fire(line);
    heard.fire(line);
  }

  function giveUp(why: string) {
    supervisor = undefined;
    if (state.kind !== "failed") become({ kind: "failed", reason: "other", message: why });
    log.error(`Live Wire: ${why}`);
    if (state.kind === "failed") void sayFailed(state.message, state.reason);
  }

  async function start(chosen: vscode.WorkspaceFolder, port = portFor(chosen)) {
    await stop();
    const { startWatch } = await import("./watch-process.ts");
    if (isDisposed || supervisor) return;
    folder = chosen;
    become({ kind: "starting" });
    supervisor = supervise({
      launch: () => {
        const run = startWatch({ context, log, folder: chosen.uri.fsPath, port, onLine: take });
        ask = run.ask;
        return run;
      },
      onWait: (message, ms) => {
        log.warn(`Live Wire: ${message}; it is started again in ${ms / 1000} s`);
        become({ kind: "restarting", message });
      },
      onGivenUp: giveUp,
      now: Date.now,
      later,
    });
  }

  async function stop() {
    const old = supervisor;
    supervisor = undefined;
    await old?.stop();
    if (!supervisor) become({ kind: "off" });
  }

  async function sayFailed(message: string, reason: WatchFailure) {
    const [other, again, showLog] = ["Use Another Port", "Try Again", "Show Log"];
    const choices = reason === "port-in-use" ? [other, showLog] : [again, showLog];
    const chosen = await vscode.window.showErrorMessage(`Live Wire does not run: ${message}.`, ...choices);
    if (chosen === showLog) log.show();
    if (!folder || (chosen !== other && chosen !== again)) return;
    await start(folder, chosen === other ? anyPort : undefined);
  }

  return {
    state: () => state,
    onDidChange: changed.event,
    onDidTell: told.event,
    onDidHear: heard.event,
    look(agents, range) {
      looked = { kind: "look", agents: [...agents], range };
      ask?.(looked);
    },
    folder: () => folder,
    start,
    stop,
    dispose() {
      isDisposed = true;
      void stop();
      changed.dispose();
      told.dispose();
      heard.dispose();
    },
  };
}

/** The system's choice of one that is free. */
const anyPort = 0;

const portFor = (folder: vscode.WorkspaceFolder) => vscode.workspace.getConfiguration("cockpit.live", folder).get("port", 4318);

/** `setTimeout`, and what takes it back. */
export function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
