/** The Forest in an editor tab: opened by command, and again by VS Code after a reload. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { CommandContext } from "../commands/commands.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import { createLiveMemory } from "./live-memory.ts";
import { forestPage } from "./page.ts";

export interface ForestPanel extends vscode.Disposable {
  open(): void;
}

export type ForestGround = Pick<CommandContext, "context" | "log" | "server" | "live">;

const viewType = "cockpit.forest";

export function createForestPanel(ground: ForestGround): ForestPanel {
  const memory = createLiveMemory();
  let panel: vscode.WebviewPanel | undefined;
  let conversation: Conversation | undefined;
  const listening = ground.live.onDidHear((line) => {
    const message = memory.take(line);
    if (message) conversation?.say(message);
  });

  function show(shown: vscode.WebviewPanel) {
    panel = shown;
    const icon = (name: string) => vscode.Uri.joinPath(ground.context.extensionUri, "media", name);
    // The activity bar takes a shape and colours it; a tab takes a picture as it is.
    shown.iconPath = { light: icon("activity-bar.svg"), dark: icon("forest-dark.svg") };
    dress(shown, ground.context);
    const mine = createConversation({ ...ground, panel: shown, memory });
    conversation = mine;
    shown.onDidDispose(() => {
      mine.dispose();
      if (panel !== shown) return;
      panel = undefined;
      conversation = undefined;
    });
  }

  const restoring = vscode.window.registerWebviewPanelSerializer(viewType, {
    async deserializeWebviewPanel(restored) {
      panel?.dispose();
      show(restored);
    },
  });

  return {
    open() {
      if (panel) return panel.reveal();
      show(vscode.window.createWebviewPanel(viewType, "Forest", vscode.ViewColumn.Active, {}));
    },
    dispose() {
      for (const it of [listening, restoring, panel]) it?.dispose();
    },
  };
}

function dress({ webview }: vscode.WebviewPanel, { extensionUri }: vscode.ExtensionContext) {
  const home = vscode.Uri.joinPath(extensionUri, "dist", "webview");
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(home, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [home] };
  webview.html = forestPage({
    script: uri("forest.js"),
    style: uri("forest.css"),
    source: webview.cspSource,
    nonce: randomBytes(16).toString("base64url"),
  });
}
