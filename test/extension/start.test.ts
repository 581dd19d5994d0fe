/** `npm start` without a VS Code of the user's: serves one to the browser, and Ctrl-C leaves nothing behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { places } from "../../scripts/demo/places.ts";
import { openBrowser, openWindow } from "./window.ts";

const root = join(import.meta.dirname, "../..");

test("npm start opens the sample fleet at work, an alert comes, and Ctrl-C stops everything", async (t) => {
  // The name of no program, so that whoever runs this sees no window of theirs pop up; and no screen to open a browser on.
  const env = { ...process.env, VSCODE_EXECUTABLE: "no-such-code", DISPLAY: "", WAYLAND_DISPLAY: "" };
  const args = [join(root, "scripts/start.ts"), "--wrong-after", "10"];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes("Ctrl-C")) break;
  }
  child.stdout.on("data", (chunk) => (said += chunk));
  const [, url = "", folder = ""] = /(http:\/\/127\.0\.0\.1:\d+)\/\?folder=(\S+)/.exec(said) ?? [];
  assert.equal(decodeURIComponent(folder), places.fleet);

  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page, inWebview, screenshot } = await openWindow(browser, url, decodeURIComponent(folder));
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "travel-concierge" }).waitFor();
  await inWebview((frame) => frame.getByRole("heading", { name: "A fleet at work" }));
  await page.locator('.statusbar-item[aria-label*="Live Wire listens on"]').waitFor();
  await screenshot("start-1-opened");
  await page.locator(".notification-toast", { hasText: "invoice-extractor has spent more than its budget" }).waitFor({ timeout: 60_000 });
  await screenshot("start-2-alert");
  assert.match(said, /at work in TypeScript: invoice-extractor/);

  child.kill("SIGINT");
  await once(child, "exit");
  await assert.rejects(fetch(url));
});
