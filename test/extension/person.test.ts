/** What a person sees and does: squiggles, light bulbs, the fleet, pages. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { fixedTools, planted, repairs, tools } from "./sample-findings.ts";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

describe("a person at the window", () => {
  let session: Session;
  let window: Window;
  before(async () => {
    session = await startSession({ folder: samples });
    window = await session.window();
  });
  after(() => session?.end());
  afterEach((t) => showFailure(t, window));

  const onDisk = (file: string) => readFile(join(session.folder, file), "utf8");

  /** Puts the cursor on a part of a line, once the file's findings are there; gives the file's text. */
  async function openAt(file: string, line: string, at = line): Promise<string> {
    const text = await onDisk(file);
    await window.open(file);
    await window.squiggles.first().waitFor();
    await window.goTo(...positionOf(text, text.indexOf(line) + line.indexOf(at)));
    return text;
  }

  test("sees a squiggle under every defect of an open file", async () => {
    const count = planted[tools]?.length ?? 0;
    await window.open(tools);
    await window.goTo(30);
    await window.squiggles.nth(count - 1).waitFor();
    await window.screenshot("1-squiggles");
    assert.equal(await window.squiggles.count(), count);
  });

  test("reads what is wrong in the hover, with a link to the rule's page", async () => {
    await openAt(tools, "case other: return", ": return");
    await window.command("Show or Focus Hover");
    const hover = window.page.locator(".monaco-hover:visible");
    await hover.getByText("E701").first().waitFor();
    await window.screenshot("2-hover");
    await hover.locator("a", { hasText: "E701" }).first().click();
    await readPage("E701");
  });

  for (const { file, rule, line, at, fixed } of repairs)
    test(`repairs ${rule} from the light bulb: ${line}`, async () => {
      const original = await openAt(file, line, at);
      await window.quickFix(/./);
      await window.save();
      assert.equal(
        await onDisk(file),
        original.replace(line, () => fixed),
      );
    });

  test("a suggested surface id is selected, ready to be named", async () => {
    const file = "storefront-ui/src/app.tsx";
    const original = await openAt(file, "<A2UIRenderer />", "A2UIRenderer");
    await window.showQuickFixes();
    await window.screenshot("3-light-bulb");
    await window.chooseQuickFix(/^Name the surface/);
    await window.page.waitForTimeout(500);
    await window.screenshot("4-snippet");
    await window.page.keyboard.type("storefront");
    await window.page.keyboard.press("Escape");
    await window.save();
    assert.equal(await onDisk(file), original.replace("<A2UIRenderer />", '<A2UIRenderer surfaceId="storefront" />'));
  });

  test("sees the fleet by health and repairs a finding from there", async () => {
    await window.page.locator(".activitybar .action-item", { has: window.page.locator('[aria-label^="AgentOps Cockpit"]') }).click();
    const row = (text: string) => window.page.locator(".sidebar .monaco-list-row", { hasText: text });
    await row("writer").first().waitFor();
    await window.screenshot("5-fleet");
    const file = "research-desk/agents/writer/main.py";
    const original = await onDisk(file);
    await row("writer").first().click();
    const finding = row("The body of this `if`").first();
    await finding.click();
    await window.page.locator(".tab.active", { hasText: "main.py" }).waitFor();
    await finding.locator('[aria-label^="Apply Fix"]').click();
    await window.page.locator(".tab.active.dirty").waitFor();
    await window.save();
    const line = 'if not notes.strip(): return "Nothing was found."';
    assert.equal(await onDisk(file), original.replace(line, 'if not notes.strip():\n        return "Nothing was found."'));
  });

  test("repairs all of a file", async () => {
    await window.open(tools);
    await window.command("Cockpit: Fix All in This File");
    await window.page.locator(".tab.active.dirty").waitFor();
    await window.save();
    assert.deepEqual((await onDisk(tools)).split("\n").slice(24), fixedTools);
    await window.squiggles.first().waitFor({ state: "detached" });
    await window.screenshot("6-fixed");
    await window.command("Cockpit: Fix All in This File");
    await window.notification("Nothing to fix: no finding in this file has a safe fix.").waitFor();
    await window.type("Notifications: Clear All Notifications");
  });

  test("reads why in the rule's page", async () => {
    await window.command("Cockpit: Explain Rule");
    await window.choose("missing-surface-id");
    await readPage("missing-surface-id");
    await window.screenshot("7-rule-page");
  });

  test("the walkthrough shows what the cockpit does", async () => {
    await window.command("Welcome: Open Walkthrough...");
    await window.choose("Get started with AgentOps Cockpit");
    await window.page.locator(".getting-started-step", { hasText: "Repair a finding" }).click();
    await window.page.waitForTimeout(1000);
    await window.screenshot("8-walkthrough");
    assert.equal(await window.page.locator(".getting-started-step .step-title").count(), 5);
  });

  test("the extension activates", async (t) => {
    await window.command("Developer: Show Running Extensions");
    const row = window.page.locator(".monaco-list-row", { hasText: "AgentOps Cockpit" });
    const time = row.locator(".activation-time", { hasText: /\d+ms/ }).first();
    // Slowest first: we are far down, and rows out of sight are not there.
    await window.page.locator(".monaco-list-row .activation-time").first().hover();
    for (let turn = 0; turn < 100 && (await time.count()) === 0; turn++) {
      await window.page.mouse.wheel(0, 200);
      await window.page.waitForTimeout(100);
    }
    // The figure that is promised is 150 ms; it is printed, not judged, as it depends on what else the machine does.
    t.diagnostic(String(await time.textContent()));
    await window.screenshot("9-running-extensions");
  });

  /** The page is shown as a person reads it: rendered, its title a heading. */
  async function readPage(rule: string) {
    await window.page.locator(".tab.active", { hasText: `${rule}.md` }).waitFor();
    await window.inWebview((frame) => frame.locator("h1", { hasText: rule }));
  }
});

test("an empty window says how to start", async (t) => {
  const session = await startSession({ folder: samples });
  t.after(session.end);
  const window = await session.window(null);
  await window.page.locator('.activitybar [aria-label^="AgentOps Cockpit"]').first().click();
  await window.page.locator(".welcome-view", { hasText: "Open the folder that holds your agents" }).waitFor();
  await window.screenshot("10-empty-window");
});

test("a folder without agents says what an agent is", async (t) => {
  const session = await startSession({ folder: join(samples, "research-desk/packages") });
  t.after(session.end);
  const window = await session.window();
  await window.page.locator('.activitybar [aria-label^="AgentOps Cockpit"]').first().click();
  await window.page.locator(".welcome-view", { hasText: "No agents found here" }).waitFor();
  await window.screenshot("11-no-agents");
});

/** Line and column, 1-based, of an offset. */
function positionOf(text: string, offset: number): [number, number] {
  const before = text.slice(0, offset).split("\n");
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}
