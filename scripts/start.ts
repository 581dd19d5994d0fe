/**
 * `npm start`: builds the extension and opens a real VS Code with it on the sample fleet: yours if there is one, with a profile of its own, else
 * one served to the browser. Ctrl-C stops everything that was started.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { installCodeServer, run, startCodeServer, stopGroup, versionOf } from "./code-server.ts";

const root = join(import.meta.dirname, "..");
const samples = join(root, "samples");
/** npm's own place for what can be made again; git ignores it. */
const profile = join(root, "node_modules/.cache/cockpit-start");

export const vsixFile = join(root, `${manifest.name}-${manifest.version}.vsix`);

if (import.meta.main) {
  console.log("building the extension…");
  await run("npm", ["run", "--silent", "package"], { cwd: root });
  await preferences();
  const code = await usableCode();
  await (code === undefined ? openInBrowser() : openInCode(code));
}

/** How the throw-away profile starts: with the samples' README, and nothing beside it. Yours to change; it is written once. */
async function preferences() {
  const folder = join(profile, "user-data/User");
  await mkdir(folder, { recursive: true });
  const settings = {
    "workbench.startupEditor": "readme",
    "telemetry.telemetryLevel": "off",
    "chat.disableAIFeatures": true,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
  };
  await writeFile(join(folder, "settings.json"), JSON.stringify(settings, null, 2), { flag: "wx" }).catch(() => {});
}

/** The user's own VS Code, when it is new enough and there is a screen to show it on. */
async function usableCode(): Promise<string | undefined> {
  const command = process.env.VSCODE_EXECUTABLE ?? "code";
  const version = versionOf(command)?.split("\n")[0];
  if (version === undefined) return undefined;
  const hasScreen = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const oldest = Number(manifest.engines.vscode.split(".")[1]);
  if (major === 1 && minor < oldest) console.log(`your VS Code is ${version}; the extension needs 1.${oldest} or newer`);
  // As root, VS Code refuses to start.
  return hasScreen && process.getuid?.() !== 0 && (major > 1 || minor >= oldest) ? command : undefined;
}

async function openInCode(command: string) {
  const shell = process.platform === "win32";
  const folders = ["--user-data-dir", join(profile, "user-data"), "--extensions-dir", join(profile, "extensions")];
  await run(command, [...folders, "--install-extension", vsixFile, "--force"]);
  // Verbose, because only then does `code` stay until its window is closed, in our reach.
  const window = ["--verbose", "--new-window", "--disable-workspace-trust", ...folders, samples];
  const child = spawn(command, window, { stdio: "ignore", detached: !shell, shell });
  const ended = once(child, "exit").then(() => {});
  console.log("VS Code opens on the sample fleet. Close its window or press Ctrl-C here when you are done.");
  await Promise.race([ended, interrupted()]);
  await stopGroup(child, ended);
}

async function openInBrowser() {
  await installCodeServer();
  const server = await startCodeServer({ profile, vsixes: [vsixFile], trusted: true });
  const url = `${server.url}/?folder=${encodeURIComponent(samples)}`;
  console.log(`\nVS Code with the sample fleet: ${url}\n\nPress Ctrl-C to stop it.`);
  openBrowser(url);
  await Promise.race([server.ended, interrupted()]);
  await server.stop();
}

function openBrowser(url: string) {
  const hasScreen = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen) return;
  const opener = { darwin: "open", win32: "explorer" }[String(process.platform)] ?? "xdg-open";
  // Without one the printed address has to do.
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

function interrupted(): Promise<unknown> {
  return Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
