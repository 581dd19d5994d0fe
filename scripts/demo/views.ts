/** Where the fleet is looked at. Each is open when its function resolves, with a promise of its end. */
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import manifest from "../../package.json" with { type: "json" };
import { run, startCodeServer, versionOf } from "../code-server.ts";
import { foretold } from "./drive.ts";
import { cli, places, root, vsixFile } from "./places.ts";
import type { Processes } from "./processes.ts";

export interface View {
  ended: Promise<unknown>;
}

/** npm's own place for what can be made again; git ignores it. */
const profile = join(root, "node_modules/.cache/cockpit-start");

/** The user's own VS Code, when it is new enough and there is a screen to show it on. */
export async function usableCode(): Promise<string | undefined> {
  const command = process.env.VSCODE_EXECUTABLE ?? "code";
  const version = versionOf(command)?.split("\n")[0];
  if (version === undefined) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const oldest = Number(manifest.engines.vscode.split(".")[1]);
  if (major === 1 && minor < oldest) console.log(`your VS Code is ${version}; the extension needs 1.${oldest} or newer`);
  // As root, VS Code refuses to start.
  return hasScreen() && process.getuid?.() !== 0 && (major > 1 || minor >= oldest) ? command : undefined;
}

const hasScreen = () => process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

export async function openInCode(command: string, processes: Processes): Promise<View> {
  await preferences();
  const folders = ["--user-data-dir", join(profile, "user-data"), "--extensions-dir", join(profile, "extensions")];
  await run(command, [...folders, "--install-extension", vsixFile, "--force"]);
  // Verbose, because only then does `code` stay until its window is closed, in our reach.
  const window = ["--verbose", "--new-window", "--disable-workspace-trust", ...folders, places.fleet];
  const { ended } = processes.start(command, window, { stdio: "ignore" });
  console.log("\nVS Code opens on the sample fleet. Close its window or press Ctrl-C here when you are done.");
  return { ended };
}

export async function openInBrowser(processes: Processes): Promise<View> {
  await preferences();
  const server = await startCodeServer({ profile, vsixes: [vsixFile], trusted: true, onStart: processes.adopt });
  const url = `${server.url}/?folder=${encodeURIComponent(places.fleet)}`;
  console.log(
    `\nVS Code with the sample fleet: ${url}\n\nOpen it in a browser: the agents begin with it. Press Ctrl-C to stop everything.`,
  );
  openBrowser(url);
  return { ended: server.ended };
}

/** `cockpit fleet watch`, in our own process group: it is the one that has the terminal. It ends with the channel between us. */
export async function openInTerminal(port: number, wrongAfter: number, processes: Processes): Promise<View> {
  console.log(`\nThe fleet in this terminal, by cockpit fleet watch. Press Ctrl-C to stop everything.
What the agents meet, a refused call too, is told ${process.stdout.isTTY ? "in .demo/demo.log" : "here"};
${foretold(wrongAfter)}.
From another terminal, here:

  npx node dist/cockpit.mjs fleet status -t .demo/fleet
  npx node dist/cockpit.mjs fleet mothball -t .demo/fleet --id invoice-extractor --reason "asks for ever" --apply
  npx node dist/cockpit.mjs fleet resume -t .demo/fleet --id invoice-extractor --apply
`);
  const args = [cli, "fleet", "watch", "--port", String(port)];
  const child = spawn(process.execPath, args, { cwd: places.fleet, stdio: ["inherit", "inherit", "inherit", "ipc"] });
  return processes.connected(child);
}

/** How the throw-away profile starts: with the demo's README, nothing beside it, and Live Wire on. What somebody changed since stays, but for Live Wire. */
async function preferences() {
  const calm = {
    "workbench.startupEditor": "readme",
    "telemetry.telemetryLevel": "off",
    "chat.disableAIFeatures": true,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "git.openRepositoryInParentFolders": "never",
  };
  await mergeInto(join(profile, "user-data/User/settings.json"), calm);
  // A served VS Code reads the machine's own settings from a file of their own.
  await mergeInto(join(profile, "user-data/Machine/settings.json"), {});
}

async function mergeInto(file: string, defaults: Record<string, unknown>) {
  await mkdir(join(file, ".."), { recursive: true });
  const before = z.record(z.string(), z.unknown()).safeParse(jsonOf(await readFile(file, "utf8").catch(() => "{}")));
  if (!before.success)
    return console.log(`${file} is not understood and stays as it is: start Live Wire yourself (F1, Cockpit: Start Live Wire)`);
  await writeFile(file, JSON.stringify({ ...defaults, ...before.data, "cockpit.live.startWithWorkspace": true }, null, 2));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function openBrowser(url: string) {
  if (!hasScreen()) return;
  const opener = { darwin: "open", win32: "explorer" }[String(process.platform)] ?? "xdg-open";
  // Without one the printed address has to do.
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
