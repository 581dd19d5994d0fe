/** What is said between the extension and one Forest: everything that is known once it is ready, then what changes; and what it asks for. */
import * as vscode from "vscode";
import type { HostMessage, ViewMessage } from "../../server/protocol/forest.ts";
import type { Fleet } from "../../server/protocol/lsp.ts";
import { messageOf } from "../../server/protocol/message-of.ts";
import { statusNow } from "../live/mothball.ts";
import type { ServerState } from "../server.ts";
import { createTelling, type Telling } from "./audited.ts";
import type { ForestGround } from "./forest-panel.ts";
import type { LiveMemory } from "./live-memory.ts";
import { answer } from "./requests.ts";
import { watchingOf } from "./watching.ts";

export interface Conversation extends vscode.Disposable {
  say(message: HostMessage): void;
}

export interface ConversationOptions extends ForestGround {
  panel: vscode.WebviewPanel;
  memory: LiveMemory;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { panel, memory, server, live, log } = options;
  /** Another one for each page that is ready: VS Code makes the page anew whenever it is shown again. */
  let telling: Telling | undefined;
  let next: Fleet | undefined;
  let running: Promise<void> | undefined;
  let since = Date.now();
  let liveKind = live.state().kind;
  let lastWatching = "";

  const say = (message: HostMessage) => {
    if (telling) void panel.webview.postMessage(JSON.stringify(message));
  };

  /** The latest fleet wins, and the page that is ready now; the extension host gets a breath before each piece, as others are told of a fleet at the same moment. */
  async function tellNext() {
    for (await breath(); next && telling; ) {
      const [fleet, all] = [next, telling];
      next = undefined;
      for (const piece of all.pieces(fleet)) {
        if (telling !== all) break;
        say(piece);
        await breath();
      }
    }
    running = undefined;
  }

  async function tellServer(state: ServerState) {
    say(serverWord(state));
    const fleet = server.fleet();
    if (!fleet || !telling) return;
    next = fleet;
    running ??= tellNext();
    await running;
  }

  function tellWatching() {
    const state = live.state();
    if (state.kind !== liveKind) [liveKind, since] = [state.kind, Date.now()];
    const message = watchingOf(state, since);
    const text = JSON.stringify(message);
    if (text === lastWatching) return;
    lastWatching = text;
    say(message);
  }

  async function begin() {
    const mine = createTelling();
    telling = mine;
    lastWatching = "";
    say({ kind: "begin", hasFolder: (vscode.workspace.workspaceFolders ?? []).length > 0, isTrusted: vscode.workspace.isTrusted });
    tellWatching();
    for (const message of memory.urgent()) say(message);
    await tellServer(server.state());
    for (const message of memory.agents()) {
      if (telling !== mine) return;
      say(message);
      await breath();
    }
    if (telling === mine) say({ kind: "told" });
    await tellStatus();
  }

  /** A watcher tells who is paused, alarmed about and heard; without one the lake and the signals beside it know. */
  async function tellStatus() {
    if (live.state().kind === "listening" || !vscode.workspace.isTrusted) return;
    const status = await statusNow(options);
    if (!status || live.state().kind === "listening") return;
    for (const message of memory.recall(status)) say(message);
  }

  async function take(raw: unknown) {
    const { viewMessageSchema } = await import("../../server/protocol/forest.ts");
    const message = viewMessageSchema.safeParse(raw);
    if (!message.success) return log.error(`The Forest asked for something of another shape: ${message.error.message}`);
    if (message.data.kind === "ready") return begin();
    await answer({ ...options, say }, message.data).catch((error: unknown) => failed(message.data, error));
    if (message.data.kind === "mothball" || message.data.kind === "resume") await tellStatus();
  }

  function failed({ kind }: ViewMessage, error: unknown) {
    log.error(`The Forest's ${kind} failed: ${String(error)}`);
    say({ kind: "said", text: `That did not work: ${messageOf(error)}`, isProblem: true });
  }

  const listening = vscode.Disposable.from(
    panel.webview.onDidReceiveMessage(take),
    server.onDidChange(tellServer),
    live.onDidChange(tellWatching),
    panel.onDidChangeViewState(() => {
      // A page that is out of sight is gone; when it is shown again it says that it is ready.
      if (panel.visible) return;
      telling = undefined;
      live.look([], "15 min");
    }),
  );
  return {
    say,
    dispose() {
      telling = undefined;
      live.look([], "15 min");
      listening.dispose();
    },
  };
}

const breath = () => new Promise<void>((resolve) => setImmediate(resolve));

function serverWord(state: ServerState): HostMessage {
  if (state.kind === "error") return { kind: "server", state: "error", message: state.message };
  if (state.kind === "starting" || !state.fleet) return { kind: "server", state: "starting", message: "" };
  return { kind: "server", state: state.fleet.auditing ? "auditing" : "ready", message: "" };
}
