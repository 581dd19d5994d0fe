/** `npm start` without a VS Code of the user's: serves one to the browser, and Ctrl-C leaves nothing behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { places } from "../../scripts/demo/places.ts";
import { eventually } from "../lsp/eventually.ts";
import { forestIn } from "./forest-frame.ts";
import { openBrowser, openWindow } from "./window.ts";

const root = join(import.meta.dirname, "../..");

test("npm start opens the sample fleet at work; an alert comes, the agent is mothballed and resumed, and Ctrl-C stops everything", async (t) => {
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
  const window = await openWindow(browser, url, decodeURIComponent(folder));
  const { page, inWebview, notification, screenshot } = window;
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "travel-concierge" }).waitFor();
  await inWebview((frame) => frame.getByRole("heading", { name: "A fleet at work" }));
  const status = page.locator('.statusbar-item[aria-label*="Live Wire listens on"]');
  await status.waitFor();
  // VS Code shows a page a moment after it is there.
  await page.waitForTimeout(500);
  await screenshot("start-1-opened");
  assert.match(said, /at work in TypeScript: invoice-extractor/);

  await status.click();
  await window.choose("Open Forest");
  const forest = await forestIn(page);
  await forest.getByText(/^7 green agents/).waitFor();
  await screenshot("start-2-forest");

  await notification("invoice-extractor has spent more than its budget").waitFor({ timeout: 60_000 });
  const sick = forest.locator('.agent[aria-label="invoice-extractor"]');
  await sick.getByText("has spent more than its budget").first().waitFor();
  await screenshot("start-3-alert");

  await notification("invoice-extractor has spent").getByRole("button", { name: "Mothball…" }).click();
  await window.widget.getByText("Mothball invoice-extractor").waitFor();
  await page.keyboard.type("asks for ever");
  await page.keyboard.press("Enter");
  await sick.getByText("asks for ever").first().waitFor();
  await eventually(async () => /invoice-extractor was refused its call: .* is paused by .*: asks for ever/.test(said), true);
  await screenshot("start-4-mothballed");

  await window.command("Cockpit: Resume Agent…");
  await window.choose("invoice-extractor");
  await sick.getByText("asks for ever").first().waitFor({ state: "detached" });
  await eventually(async () => said.includes("invoice-extractor goes on: its call was answered"), true);
  await screenshot("start-5-resumed");

  child.kill("SIGINT");
  await once(child, "exit");
  await assert.rejects(fetch(url));
});
