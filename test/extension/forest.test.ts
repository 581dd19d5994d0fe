/** The Forest as a person uses it: opened from the palette, an agent that spends too much, its pause and its way back, fixes, a reload, an export. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Frame, Locator } from "playwright-core";
import { eventually } from "../lsp/eventually.ts";
import { forestIn } from "./forest-frame.ts";
import { spend, watcherUrl } from "./otlp.ts";
import { type Session, samples, startSession } from "./session.ts";
import type { Window } from "./window.ts";

describe("the Forest", () => {
  let session: Session;
  let window: Window;
  before(async () => {
    session = await startSession({ folder: samples });
    await mkdir(join(session.folder, ".vscode"), { recursive: true });
    await writeFile(join(session.folder, ".vscode/settings.json"), JSON.stringify({ "cockpit.live.port": 0 }));
    const budgets = [{ agent: "catalog-search", unit: "tokens", per: "hour", limit: 1000 }];
    const config = join(session.folder, "cockpit.json");
    const before = existsSync(config) ? JSON.parse(await readFile(config, "utf8")) : {};
    await writeFile(config, JSON.stringify({ ...before, fleet: { budgets } }));
    window = await session.window();
    await ready();
  });
  after(() => session?.end());
  afterEach(async (t) => {
    if ("passed" in t && !t.passed) await window.screenshot(`failed ${t.name.replace(/[^\w ]/g, "").slice(0, 60)}`);
  });

  const ready = () => window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  const tab = () => window.page.locator(".tab", { hasText: "Forest" });
  const agent = async (name: string): Promise<Locator> => (await forest()).locator(`.agent[aria-label="${name}"]`);
  const head = async (name: string): Promise<Locator> => (await agent(name)).locator(".head");
  const mothballed = async () => Object.keys(JSON.parse(await readFile(join(session.folder, ".cockpit/mothball.json"), "utf8")).agents);

  const forest = (): Promise<Frame> => forestIn(window.page);

  test("opens from the palette, with the worst of the samples open in full", async () => {
    await window.command("Cockpit: Open Forest");
    await tab().waitFor();
    await (await agent("storefront-ui")).getByText("missing-surface-id").first().waitFor();
    assert.match(await (await forest()).locator(".totals").innerText(), /2\s+critical/);
    await (await forest()).getByText("Live Wire is off").waitFor();
    await window.screenshot("forest-1-findings");
  });

  test("shows who is mothballed without Live Wire, too", async () => {
    const card = await agent("storefront-ui");
    await card.getByRole("button", { name: /^Mothball…/ }).click();
    await (await forest()).getByRole("dialog").waitFor();
    await window.page.keyboard.type("it is old");
    await window.page.keyboard.press("Enter");
    await card.getByText("it is old").waitFor();
    assert.deepEqual(await mothballed(), ["storefront-ui"]);
    await card.getByRole("button", { name: /^Resume…/ }).click();
    await (await forest()).getByRole("dialog").waitFor();
    await window.page.keyboard.press("Enter");
    await card.getByText("it is old").waitFor({ state: "detached" });
    assert.deepEqual(await mothballed(), []);
  });

  test("goes to a finding, and applies its fix", async () => {
    await (await agent("surface-server")).getByRole("button", { name: /^Go to messages.py/ }).click();
    await window.page.locator(".tab.active", { hasText: "messages.py" }).waitFor();
    await tab().click();
    const findings = (await agent("storefront-ui")).locator(".finding");
    await findings.first().waitFor();
    const count = await findings.count();
    await (await agent("storefront-ui"))
      .getByRole("button", { name: /^Apply (Fix|Suggestion) at app.tsx/ })
      .first()
      .click();
    await window.page.locator(".tab.dirty", { hasText: "app.tsx" }).waitFor();
    await tab().click();
    await eventually(async () => (await (await agent("storefront-ui")).locator(".finding").count()) < count, true);
    await window.screenshot("forest-2-fixed");
  });

  test("starts Live Wire; an agent beyond its budget opens by itself", async () => {
    await (await forest()).getByRole("button", { name: "Start Live Wire" }).click();
    const url = await watcherUrl(session.folder);
    await (await forest()).getByText("Live Wire is off").waitFor({ state: "detached" });
    await spend(url, "catalog-search", 400);
    await spend(url, "catalog-search", 4000);
    await (await agent("catalog-search"))
      .getByText(/has spent more than its budget/)
      .first()
      .waitFor();
    assert.equal(await (await head("catalog-search")).getAttribute("aria-expanded"), "true");
    await (await agent("catalog-search")).locator(".chart canvas").first().waitFor();
    await (await forest()).locator(".news").getByText("catalog-search became critical.").waitFor();
    await window.screenshot("forest-3-critical");
  });

  test("is mothballed and resumed by keyboard", async () => {
    await (await head("catalog-search")).focus();
    for (const key of ["Tab", "Enter"]) await window.page.keyboard.press(key);
    await (await forest()).getByRole("dialog").waitFor();
    await window.page.keyboard.press("Escape");
    await (await forest()).getByRole("dialog").waitFor({ state: "detached" });
    // The focus is back where it was asked.
    await window.page.keyboard.press("Enter");
    await (await forest()).getByRole("dialog").waitFor();
    await window.page.keyboard.type("it loops --apply=no");
    await window.screenshot("forest-4-confirm");
    await window.page.keyboard.press("Enter");
    await (await agent("catalog-search")).getByText("it loops --apply=no").first().waitFor();
    assert.deepEqual(await mothballed(), ["catalog-search"]);
    await window.screenshot("forest-5-mothballed");
    await (await head("catalog-search")).focus();
    for (const key of ["Tab", "Enter"]) await window.page.keyboard.press(key);
    await (await forest()).getByRole("dialog").getByText("Resume catalog-search?").waitFor();
    await (await forest()).getByRole("dialog").getByRole("button", { name: "Resume" }).press("Enter");
    await (await agent("catalog-search")).getByText("it loops --apply=no").first().waitFor({ state: "detached" });
    assert.deepEqual(await mothballed(), []);
  });

  test("out of sight and back, it is as it was", async () => {
    await (await forest()).getByLabel("Search agents").fill("catalog");
    await (await forest()).getByText("1 agent of").waitFor();
    await window.page.waitForTimeout(500);
    await window.open("README.md");
    await tab().click();
    await (await forest()).getByText("1 agent of").waitFor();
    assert.equal(await (await forest()).getByLabel("Search agents").inputValue(), "catalog");
    await (await agent("catalog-search"))
      .getByText(/has spent more than its budget/)
      .first()
      .waitFor();
  });

  test("exports its data to the file that a person names", async () => {
    await (await forest()).locator("summary").click();
    await (await forest()).getByRole("button", { name: "Data as CSV" }).click();
    const input = window.page.locator(".quick-input-widget input:visible").first();
    await input.waitFor();
    // The dialog fills in a name of its own when it is ready.
    await eventually(async () => (await input.inputValue()).endsWith("forest.csv"), true);
    await window.page.waitForTimeout(500);
    await input.fill(join(session.folder, "fleet.csv"));
    await window.page.waitForTimeout(500);
    await window.page.keyboard.press("Enter");
    await (await forest()).locator(".news").getByText("Exported to fleet.csv.").waitFor();
    assert.match(await readFile(join(session.folder, "fleet.csv"), "utf8"), /^agent,health,[^\n]*\ncatalog-search,critical,/);
  });

  test("is there again after the window was reloaded, and tells what is stale", async () => {
    await window.page.reload();
    await ready();
    // Which of its tabs VS Code shows first depends on when it wrote that down.
    await tab().click();
    await (await forest()).getByText("Live Wire is off").waitFor();
    assert.equal(await (await forest()).getByLabel("Search agents").inputValue(), "catalog");
    await (await agent("catalog-search"))
      .getByText(/has spent more than its budget/)
      .first()
      .waitFor();
    await (await forest()).getByRole("button", { name: "Clear Filters" }).first().click();
    await (await agent("surface-server")).waitFor();
    await window.screenshot("forest-6-restored");
  });
});
