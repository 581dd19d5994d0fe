/** A VS Code of its own for each suite: fresh profile, fresh copy of a folder, our VSIX installed; all gone afterwards. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { type CodeServer, startCodeServer } from "../../scripts/code-server.ts";
import { vsixFile } from "../../scripts/demo/places.ts";
import { openBrowser, openWindow, type Window } from "./window.ts";

export const samples = join(import.meta.dirname, "../../samples");

export interface Session {
  /** The copy that is open. */
  folder: string;
  /** Where VS Code unpacks extensions. */
  extensions: string;
  /** For files of the test itself. */
  temporary: string;
  /** Opens the copy, or no folder at all. */
  window(folder?: null): Promise<Window>;
  end(): Promise<void>;
}

export interface SessionOptions {
  /** What is copied and opened. */
  folder: string;
  trusted?: boolean;
  /** More extensions, given the session's temporary folder. */
  vsixes?: (temporary: string) => Promise<string[]>;
  env?: (temporary: string) => Record<string, string>;
}

export async function startSession({ folder: original, trusted = true, vsixes, env }: SessionOptions): Promise<Session> {
  const temporary = await mkdtemp(join(tmpdir(), "cockpit-vscode-"));
  const folder = join(temporary, "workspace");
  const profile = join(temporary, "profile");
  let server: CodeServer | undefined;
  let browser: Browser | undefined;
  async function end() {
    await browser?.close();
    await server?.stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    await cp(original, folder, { recursive: true });
    await mkdir(join(profile, "user-data/User"), { recursive: true });
    await writeFile(join(profile, "user-data/User/settings.json"), JSON.stringify(settings));
    const all = [vsixFile, ...((await vsixes?.(temporary)) ?? [])];
    server = await startCodeServer({ profile, vsixes: all, trusted, env: env?.(temporary) ?? {} });
    browser = await openBrowser();
  } catch (error) {
    await end();
    throw error;
  }
  const { url } = server;
  const opened = browser;
  return {
    folder,
    extensions: join(profile, "extensions"),
    temporary,
    window: (none) => openWindow(opened, url, none === null ? undefined : folder),
    end,
  };
}

/** What would cover the screen or change files behind the tests. */
const settings = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "chat.disableAIFeatures": true,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "editor.minimap.enabled": false,
  "git.enabled": false,
  "files.autoSave": "off",
  "typescript.validate.enable": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};
