/** The language server's life: started as a process of its own, watched, restarted, and what it last said of the fleet. */
import * as vscode from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import type { LoginPrompt } from "../server/protocol/auth-messages.ts";
import { asKnown, foldFleet, whileAudited } from "../server/protocol/fold-fleet.ts";
import type { Fleet } from "../server/protocol/lsp.ts";
import { messageOf } from "../server/protocol/message-of.ts";
import { meetsUnsavedChanges } from "./unsaved-files.ts";

export type ServerState = { kind: "starting" } | { kind: "error"; message: string } | { kind: "ready"; fleet: Fleet | undefined };

export interface Server extends vscode.Disposable {
  state(): ServerState;
  /** What is known of the fleet; of before while the server is down, or starts and has not audited yet. */
  fleet(): Fleet | undefined;
  readonly onDidChange: vscode.Event<ServerState>;
  /** A login waits for a person. */
  readonly onLoginPrompt: vscode.Event<LoginPrompt>;
  /** Resolves when the server runs or failed to; the failure is in `state()` and the log. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Sends a request; undefined when the server is not there or failed, which is logged, or when it was cancelled. */
  request(method: string, params?: object, token?: vscode.CancellationToken): Promise<unknown>;
}

export function createServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Server {
  const changed = new vscode.EventEmitter<ServerState>();
  const prompted = new vscode.EventEmitter<LoginPrompt>();
  let state: ServerState = { kind: "starting" };
  let known: Fleet | undefined;
  let client: LanguageClient | undefined;
  let isDisposed = false;
  /** Starts, one after the other: no server is left behind. */
  let last: Promise<void> = Promise.resolve();

  function become(next: ServerState) {
    state = next;
    changed.fire(next);
  }

  function fail(what: string, error: unknown) {
    const message = `${what}: ${messageOf(error)}`;
    log.error(message);
    become({ kind: "error", message });
  }

  async function launch() {
    // Another one may have been started meanwhile.
    await stop();
    become({ kind: "starting" });
    try {
      const [{ LanguageClient, State, TransportKind }, protocol, { loginPromptMethod, loginPromptSchema }] = await Promise.all([
        import("vscode-languageclient/node"),
        import("../server/protocol/lsp.ts"),
        import("../server/protocol/auth-messages.ts"),
      ]);
      if (isDisposed) return;
      const run = { module: context.asAbsolutePath("dist/server.mjs"), transport: TransportKind.stdio };
      const mine = new LanguageClient("cockpit", "AgentOps Cockpit", { run, debug: run }, clientOptions(log));
      client = mine;
      let fleet: Fleet | undefined;
      mine.onNotification(protocol.fleetMethod, (params: unknown) => {
        if (client !== mine) return;
        const news = protocol.fleetNewsSchema.safeParse(params);
        if (!news.success) return log.error(`The server sent a fleet of another shape: ${news.error.message}`);
        fleet = foldFleet(fleet, asKnown(news.data, known));
        if (news.data.more) return;
        known = whileAudited(fleet, known);
        become({ kind: "ready", fleet: known });
      });
      mine.onNotification(loginPromptMethod, (params: unknown) => {
        const prompt = loginPromptSchema.safeParse(params);
        if (prompt.success) prompted.fire(prompt.data);
      });
      // A client says that its server has stopped just before it starts another one: a moment later it says how it is.
      mine.onDidChangeState(() =>
        queueMicrotask(() => {
          if (client !== mine) return;
          if (mine.state === State.Starting) become({ kind: "starting" });
          if (mine.state === State.Stopped) become({ kind: "error", message: "it has ended too often to be started again by itself" });
          if (mine.state === State.StartFailed) become({ kind: "error", message: "it could not be started" });
        }),
      );
      await mine.start();
      if (state.kind === "starting") become({ kind: "ready", fleet: undefined });
    } catch (error) {
      fail("The server could not be started", error);
    }
  }

  async function stop() {
    const old = client;
    client = undefined;
    await old?.dispose(stopTimeoutMs).catch((error: unknown) => log.warn(`The server did not stop in order: ${String(error)}`));
  }

  const next = (what: () => Promise<void>): Promise<void> => {
    last = last.then(what);
    return last;
  };

  return {
    state: () => state,
    fleet: () => known,
    onDidChange: changed.event,
    onLoginPrompt: prompted.event,
    start: () => next(launch),
    async restart() {
      // At once: a server that hangs while it starts is one to restart.
      await stop();
      await next(launch);
    },
    async request(method, params, token = neverCancelled) {
      await last;
      try {
        return await (params ? client?.sendRequest<unknown>(method, params, token) : client?.sendRequest<unknown>(method, token));
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        log.error(`${method} failed: ${messageOf(error)}`);
        return undefined;
      }
    },
    dispose() {
      isDisposed = true;
      changed.dispose();
      prompted.dispose();
      void stop();
      void next(stop);
    },
  };
}

const stopTimeoutMs = 2000;

/** A token that is not given would be sent as one more parameter. */
const neverCancelled: vscode.CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => new vscode.Disposable(() => {}),
};

const languages = ["python", "go", "typescript", "typescriptreact", "javascript", "javascriptreact"];

function clientOptions(log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [...languages.map((language) => ({ scheme: "file", language })), { scheme: "file", pattern: "**/cockpit.json" }],
    outputChannel: log,
    // Messages hold what terminals get. Their trace would write it to a file, and a workspace's settings can ask for it.
    traceOutputChannel: Object.create(log, {
      logLevel: { value: vscode.LogLevel.Off },
      onDidChangeLogLevel: { value: () => new vscode.Disposable(() => {}) },
    }),
    diagnosticCollectionName: "cockpit",
    middleware: {
      async resolveCodeAction(action, token, next) {
        const resolved = await next(action, token);
        if (resolved && meetsUnsavedChanges(resolved.edit, languages)) return new vscode.CodeAction(resolved.title, resolved.kind);
        return resolved;
      },
    },
  };
}
