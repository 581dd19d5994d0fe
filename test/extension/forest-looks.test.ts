/**
 * The Forest in the window that VS Code makes for it: each of VS Code's own themes, narrow, all of its controls by keyboard alone; its server killed, its page reloaded in the middle. Screenshots land
 * in test-results/.
 */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Frame } from "playwright-core";
import * as z from "zod";
import { eventually } from "../lsp/eventually.ts";
import { axeProblems } from "../webview/axe.ts";
import { forestIn } from "./forest-frame.ts";
import { serversOf } from "./processes.ts";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

const themes = [
  { name: "Dark Modern", bodyClass: "vscode-dark" },
  { name: "Light Modern", bodyClass: "vscode-light" },
  { name: "Default High Contrast", bodyClass: "vscode-high-contrast" },
  { name: "Default High Contrast Light", bodyClass: "vscode-high-contrast-light" },
];

describe("the Forest's looks and ways", () => {
  let session: Session;
  let window: Window;
  before(async () => {
    session = await startSession({ folder: samples });
    await mkdir(join(session.folder, ".vscode"), { recursive: true });
    window = await session.window();
    await ready();
    await window.command("Cockpit: Open Forest");
    await (await forest()).locator('.agent[aria-label="storefront-ui"] .finding').first().waitFor();
  });
  after(() => session?.end());
  afterEach((t) => showFailure(t, window));

  const ready = () => window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  const forest = (): Promise<Frame> => forestIn(window.page);
  const wear = (theme: string) =>
    writeFile(join(session.folder, ".vscode/settings.json"), JSON.stringify({ "workbench.colorTheme": theme }));

  async function killServer() {
    const pids = await serversOf(session);
    assert.equal(pids.length, 1);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await eventually(async () => (await serversOf(session)).some((it) => pids.includes(it)), false);
  }

  /** What has the focus, as a screen reader would say it in short. */
  const focused = async (): Promise<string> => (await forest()).evaluate(nameOfFocused);

  for (const { name, bodyClass } of themes)
    test(`${name}: legible, and axe-core finds nothing`, async () => {
      await wear(name);
      const frame = await forest();
      await frame.locator(`body.${bodyClass}`).waitFor();
      await window.page.waitForTimeout(500);
      await window.screenshot(`forest-theme-${bodyClass}`);
      assert.deepEqual(await axeProblems(frame), []);
    });

  test("narrow: nothing is beyond its edges, and axe-core finds nothing", async () => {
    await wear("Dark Modern");
    await window.page.setViewportSize({ width: 620, height: 800 });
    const frame = await forest();
    await eventually(() => frame.evaluate("innerWidth < 400"), true);
    await window.page.waitForTimeout(300);
    await window.screenshot("forest-narrow");
    assert.equal(await frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
    assert.deepEqual(await axeProblems(frame), []);
    await window.page.setViewportSize({ width: 1280, height: 800 });
  });

  test("Tab reaches every control, in the order in which they stand", async () => {
    await (await forest()).getByLabel("Search agents").focus();
    const seen = [await focused()];
    for (let at = 0; at < 12; at++) {
      await window.press("Tab");
      seen.push(await focused());
    }
    const controls = ["Search agents", "Language", "Owner", "Rule", "Sort", "Range", "By Folder", "Pause View", "Export", "Critical"];
    const present = await (await forest()).locator("label.choice").allInnerTexts();
    const expected = controls.filter((it) => !["Owner", "Language", "Rule"].includes(it) || present.some((text) => text.startsWith(it)));
    assert.deepEqual(
      expected.filter((it) => !seen.some((name) => name.startsWith(it))),
      [],
      `Tab came by ${seen.join(" | ")}`,
    );
    assert.deepEqual(
      seen.filter((name) => expected.some((it) => name.startsWith(it))).map((name) => expected.findIndex((it) => name.startsWith(it))),
      expected.map((_, at) => at),
    );
  });

  test("each control does by keyboard what it does by mouse", async () => {
    const frame = await forest();
    await frame.getByLabel("Search agents").focus();
    await window.page.keyboard.type("storefront");
    await frame.getByText("1 agent of").waitFor();
    await window.press("Escape");
    await frame.getByText("1 agent of").waitFor({ state: "detached" });
    const sort = frame.getByLabel("Sort");
    await sort.focus();
    await window.press("ArrowDown");
    assert.equal(await sort.inputValue(), "name");
    await window.press("ArrowUp");
    assert.equal(await sort.inputValue(), "need");
    for (const name of ["By Folder", "Pause View"]) {
      const button = frame.getByRole("button", { name });
      await button.focus();
      await window.press("Space");
      await eventually(() => button.getAttribute("aria-pressed"), "true");
      await window.press("Enter");
      await eventually(() => button.getAttribute("aria-pressed"), "false");
    }
    await frame.locator("summary").focus();
    await window.press("Enter");
    await frame.getByRole("button", { name: "Data as CSV" }).waitFor();
    await window.press("Escape");
    await frame.getByRole("button", { name: "Data as CSV" }).waitFor({ state: "hidden" });
  });

  test("arrows move among the agents, open and close them", async () => {
    const frame = await forest();
    const heads = frame.locator(".agent .head");
    await heads.first().focus();
    const first = await focused();
    await window.press("ArrowDown");
    await eventually(async () => (await focused()) !== first, true);
    await window.press("ArrowUp");
    await eventually(focused, first);
    await window.press("ArrowLeft");
    await eventually(() => heads.first().getAttribute("aria-expanded"), "false");
    await window.press("ArrowRight");
    await eventually(() => heads.first().getAttribute("aria-expanded"), "true");
    await window.press("Tab");
    assert.notEqual(await focused(), first);
  });

  test("a server that is killed comes back by itself; meanwhile findings are said to be of before", async () => {
    const frame = await forest();
    await frame.evaluate(noteBanners);
    await killServer();
    await eventually(() => frame.evaluate("window.bannersSeen.length > 0"), true);
    await eventually(() => frame.locator(".banner").count(), 1);
    await ready();
    const [first, ...others] = await bannersSeen(frame);
    assert.equal(first, "The cockpit's server is starting: findings are those of before.");
    assert.deepEqual(
      others.filter((it) => it !== "Auditing: findings may be of before."),
      [],
    );
  });

  test("a server that is killed again and again is said not to run, and is started by a button", async () => {
    const frame = await forest();
    const down = frame.getByText(
      "The cockpit's server is not running: it has ended too often to be started again by itself. Findings are those of before.",
    );
    const isDown = async () => (await down.count()) > 0;
    for (let kills = 0; kills < mostKills && !(await isDown()); kills++) {
      await frame.evaluate(noteBanners);
      await killServer();
      await eventually(async () => (await bannersSeen(frame)).some((it) => it.includes("server is ")), true);
      // One that is killed while it starts is said to have failed to start instead.
      await eventually(async () => (await isDown()) || (await frame.getByText("server is starting").count()) === 0, true);
    }
    await down.waitFor();
    await window.screenshot("forest-server-down");
    assert.deepEqual(await axeProblems(frame), []);
    await frame.locator('.agent[aria-label="storefront-ui"] .finding').first().waitFor();
    await frame.getByRole("button", { name: "Restart Server" }).press("Enter");
    await ready();
    await down.waitFor({ state: "detached" });
  });

  test("a page that is reloaded while it is told shows all, as it was", async () => {
    const before = await forest();
    await before.getByLabel("Search agents").fill("o");
    await before.getByText(/agents of/).waitFor();
    const shown = await before.locator(".toolbar .count").innerText();
    await window.page.waitForTimeout(500);
    await window.command("Cockpit: Restart Server");
    await window.command("Developer: Reload Webviews");
    await eventually(() => before.isDetached(), true);
    await ready();
    await eventually(
      async () =>
        (await forest())
          .locator(".toolbar .count")
          .innerText()
          .catch(() => ""),
      shown,
    );
    assert.equal(await (await forest()).getByLabel("Search agents").inputValue(), "o");
    await (await forest()).getByRole("button", { name: "Clear Filters" }).first().click();
    await (await forest()).locator('.agent[aria-label="storefront-ui"] .finding').first().waitFor();
    await window.screenshot("forest-reloaded");
  });
});

/** After these within three minutes, VS Code's client starts it no more. */
const mostKills = 5;

const nameOfFocused = `(() => {
  const it = document.activeElement;
  const label = it.getAttribute("aria-label") ?? (it.closest("label") ?? it).innerText ?? "";
  return label.replace(/\\s+/g, " ").trim().slice(0, 80);
})()`;

const bannersSeen = async (frame: Frame) => z.array(z.string()).parse(await frame.evaluate("window.bannersSeen"));

/** What is said of the server, in the order in which it is said. */
const noteBanners = `(() => {
  window.bannersSeen = [];
  new MutationObserver(() => {
    for (const { innerText } of document.querySelectorAll(".banner"))
      if (!innerText.startsWith("Live Wire is off") && window.bannersSeen.at(-1) !== innerText) window.bannersSeen.push(innerText);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})()`;
