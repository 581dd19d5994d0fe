/**
 * The controls of the Forest in VS Code, by mouse and by keyboard alone: reached by Tab and the arrows, pressed by Enter, and what it does is seen. The buttons of banners and the dialogs are pressed in the
 * other files here and in test/webview/person.test.ts.
 */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { Frame, Locator } from "playwright-core";
import { eventually } from "../lsp/eventually.ts";
import { forestIn } from "./forest-frame.ts";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

describe("every control of the Forest", () => {
  let session: Session;
  let window: Window;
  let frame: Frame;
  before(async () => {
    session = await startSession({ folder: samples });
    await writeFile(join(session.folder, "CODEOWNERS"), "/storefront-ui/ @acme/shop\n");
    window = await session.window();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  });
  after(() => session?.end());
  afterEach((t) => showFailure(t, window));

  /** Whatever the test before left: files as they are on disk, and a Forest that nobody has touched. */
  beforeEach(async () => {
    for (const dirty of await window.page.locator(".tab.dirty").all()) {
      await dirty.click();
      await window.command("File: Revert File");
    }
    await window.press("Control+k", "Control+w");
    await window.page.locator(".tab").first().waitFor({ state: "detached" });
    await window.command("Cockpit: Open Forest");
    await drawn();
    await search().focus();
  });

  const search = () => frame.getByLabel("Search agents");
  const button = (name: string | RegExp) => frame.getByRole("button", { name }).first();
  const agent = (name: string) => frame.locator(`.agent[aria-label="${name}"]`);
  const shown = (says: string | RegExp) => frame.locator(".toolbar .count", { hasText: says }).waitFor();
  const all = () => frame.locator(".toolbar .count").waitFor({ state: "detached" });
  const says = (text: string) => frame.locator(".news").getByText(text).waitFor();
  const tab = (name: string) => window.page.locator(".tab.active", { hasText: name }).waitFor();

  /** Another frame each time its tab is shown. */
  async function drawn() {
    frame = await forestIn(window.page);
    await agent("storefront-ui").locator(".finding").first().waitFor();
    await agent("surface-server").locator(".finding").first().waitFor();
  }

  const isFocused = (it: Locator) => it.evaluate((element) => element === element.ownerDocument.activeElement);

  /** From where the focus is: by Tab to the list, by the arrows to a row, by Tab to what is in it. */
  async function reach(control: Locator) {
    const head = control.locator("xpath=ancestor::li[@data-index]").locator(".head");
    if ((await head.count()) > 0) {
      const list = frame.locator(".list");
      await pressUntil(["Tab", "Shift+Tab"], list, async () => (await list.locator(":focus").count()) > 0);
      if ((await list.locator(".card :focus").count()) > 0) await window.press("Escape");
      await pressUntil(["ArrowDown", "ArrowUp"], head, () => isFocused(head));
    }
    await pressUntil(["Tab", "Shift+Tab"], control, () => isFocused(control));
  }

  const isBehind = (it: Locator) =>
    it.evaluate((element) => {
      const from = element.ownerDocument.activeElement;
      return (from.compareDocumentPosition(element) & from.DOCUMENT_POSITION_PRECEDING) > 0;
    });

  /** One of two keys, by which side of the focus the control is on; each once the one before has moved the focus. */
  async function pressUntil([on, back]: [string, string], control: Locator, isThere: () => Promise<boolean>) {
    const wasBehind = await isBehind(control);
    while (!(await isThere())) {
      assert.equal(await isBehind(control), wasBehind, `the focus goes past ${control}`);
      const focused = await frame.locator("body").evaluateHandle((it) => it.ownerDocument.activeElement);
      await window.press(wasBehind ? back : on);
      await eventually(() => focused.evaluate((it) => it === it.ownerDocument.activeElement), false);
    }
  }

  const ways = {
    mouse: (control: Locator) => control.click(),
    keyboard: async (control: Locator) => {
      await reach(control);
      await window.press("Enter");
    },
  };

  /** What each does, told by its name. */
  const controls: Record<string, (press: Press) => Promise<unknown>> = {
    "the counts by health filter": async (press) => {
      for (const health of ["critical", "warning", "green"]) {
        const chip = frame.locator(".chip", { hasText: health });
        await press(chip);
        await shown(new RegExp(`^${await chip.locator("b").innerText()} agents? of`));
        assert.equal(await chip.getAttribute("aria-pressed"), "true");
        await press(chip);
        await all();
      }
    },
    "Clear Filters shows all again": async (press) => {
      await search().fill("no such agent");
      await shown("0 agents of");
      await press(button("Clear Filters"));
      await all();
    },
    "By Folder groups": async (press) => {
      await press(button("By Folder"));
      await frame.locator("h2.heading", { hasText: "workspace" }).first().waitFor();
      await press(button("By Folder"));
      await frame.locator("h2.heading", { hasText: "workspace" }).first().waitFor({ state: "detached" });
    },
    "Pause View pauses, and Go On goes on": async (press) => {
      await press(button("Pause View"));
      await frame.getByText("The view is paused").waitFor();
      await press(button("Go On"));
      await frame.getByText("The view is paused").waitFor({ state: "detached" });
    },
    "an agent's head closes and opens it": async (press) => {
      const head = agent("storefront-ui").locator(".head");
      await press(head);
      await eventually(() => head.getAttribute("aria-expanded"), "false");
      await press(head);
      await eventually(() => head.getAttribute("aria-expanded"), "true");
    },
    "the line of green agents opens and closes": async (press) => {
      await search().fill("catalog-search");
      await press(frame.locator(".greens"));
      await agent("catalog-search").waitFor();
      await press(frame.locator(".greens"));
      await agent("catalog-search").waitFor({ state: "detached" });
    },
    "Copy as Markdown copies, and Dismiss takes the answer away": async (press) => {
      await press(button("Copy as Markdown: storefront-ui"));
      await says("Copied.");
      await press(button("Dismiss"));
      await frame.locator(".news").getByText("Copied.").waitFor({ state: "detached" });
    },
    "Mothball… asks, and Cancel leaves it": async (press) => {
      await press(button("Mothball… storefront-ui"));
      const dialog = frame.getByRole("dialog");
      await dialog.getByLabel("Why?").waitFor();
      await press(dialog.getByRole("button", { name: "Cancel" }));
      await dialog.waitFor({ state: "detached" });
    },
    "Open in Editor opens the agent": async (press) => {
      await press(button("Open in Editor: surface-server"));
      await tab("messages.py");
    },
    "Explain opens the rule's page": async (press) => {
      await press(agent("surface-server").getByRole("button", { name: "Explain missing-surface-id" }));
      await tab("missing-surface-id");
    },
    "Go to shows the finding": async (press) => {
      await press(agent("surface-server").getByRole("button", { name: "Go to server.py:13" }));
      await tab("server.py");
    },
    "Show More shows all findings": async (press) => {
      const findings = agent("travel-concierge").locator(".finding");
      await press(agent("travel-concierge").locator(".head"));
      await eventually(() => findings.count(), 10);
      await press(agent("travel-concierge").getByRole("button", { name: "Show 1 More" }));
      await eventually(() => findings.count(), 11);
    },
    ...Object.fromEntries(
      Object.entries({ "Picture as SVG": "svg", "Picture as PNG": "png", "Data as JSON": "json", "Data as CSV": "csv" }).map(
        ([name, ending]) => [
          `Export offers ${name}`,
          async (press: Press) => {
            await press(frame.locator("summary"));
            await press(button(name));
            const input = window.page.locator(".quick-input-widget input:visible").first();
            await eventually(async () => (await input.inputValue()).endsWith(`forest.${ending}`), true);
            await window.press("Escape");
            await input.waitFor({ state: "hidden" });
          },
        ],
      ),
    ),
    "Apply Fix fixes": (press) => applies(press, "Apply Fix"),
    "Apply Suggestion changes what it says": (press) => applies(press, "Apply Suggestion"),
  };

  /** The finding is there until the file is changed, and no longer then. */
  async function applies(press: Press, name: string) {
    const fix = agent("storefront-ui")
      .getByRole("button", { name: new RegExp(`^${name} at `) })
      .first();
    const label = (await fix.getAttribute("aria-label")) ?? "";
    await press(fix);
    await window.page.locator(".tab.active.dirty").waitFor();
    await window.page.locator(".tab", { hasText: "Forest" }).click();
    frame = await forestIn(window.page);
    await agent("storefront-ui").waitFor();
    await eventually(() => frame.getByRole("button", { name: label, exact: true }).count(), 0);
  }

  for (const [way, press] of Object.entries(ways))
    describe(`by ${way}`, () => {
      for (const [name, does] of Object.entries(controls)) test(name, () => does(press).then(() => {}));
    });

  const isFirstWarning = (name: string) => eventually(() => frame.locator(".agent.warning").first().getAttribute("aria-label"), name);

  /** The list that a click opens is the browser's own, and no test's. */
  for (const [label, keys, value, sees] of [
    ["Language", ["g"], "go", () => shown("2 agents of")],
    ["Owner", ["@"], "@acme/shop", () => shown("1 agent of")],
    ["Rule", ["m"], "missing-surface-id", () => shown("2 agents of")],
    ["Sort", Array(6).fill("ArrowDown"), "findings", () => isFirstWarning("travel-concierge")],
    ["Range", ["ArrowDown"], "1 h", all],
  ] satisfies [string, string[], string, () => Promise<void>][])
    test(`by keyboard: ${label} is chosen by what is typed, and Home takes it back`, async () => {
      const select = frame.getByLabel(label);
      const first = await select.inputValue();
      await reach(select);
      await window.press(...keys);
      await eventually(() => select.inputValue(), value);
      await sees();
      await window.press("Home");
      await eventually(() => select.inputValue(), first);
      await all();
    });
});

type Press = (control: Locator) => Promise<void>;
