/** `npm start` without a VS Code of the user's: serves one to the browser, and Ctrl-C leaves nothing behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { openBrowser, openWindow } from "./window.ts";

const root = join(import.meta.dirname, "../..");

test("npm start opens the sample fleet, and Ctrl-C stops everything", async (t) => {
  // The name of no program, so that whoever runs this sees no window of theirs pop up; and no screen to open a browser on.
  const env = { ...process.env, VSCODE_EXECUTABLE: "no-such-code", DISPLAY: "", WAYLAND_DISPLAY: "" };
  const child = spawn(process.execPath, [join(root, "scripts/start.ts")], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes("Ctrl-C")) break;
  }
  child.stdout.resume();
  const [, url = "", folder = ""] = /(http:\/\/127\.0\.0\.1:\d+)\/\?folder=(\S+)/.exec(said) ?? [];
  assert.equal(decodeURIComponent(folder), join(root, "samples"));

  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await openWindow(browser, url, decodeURIComponent(folder));
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "travel-concierge" }).waitFor();
  await page.locator('.statusbar-item[id*="cockpit.status"]').waitFor();

  child.kill("SIGINT");
  await once(child, "exit");
  await assert.rejects(fetch(url));
});
