/** Every control of the Forest in VS Code, by mouse and by keyboard alone: reached by Tab and the arrows, pressed by Enter, and what it does is seen. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { Frame, Locator } from "playwright-core";
import { freePort } from "../../scripts/code-server.ts";
import { eventually } from "../lsp/eventually.ts";
import { forestIn } from "./forest-frame.ts";
import { serversOf } from "./processes.ts";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

describe("every control of the Forest", () => {
  let session: Session;
  let window: Window;
  let frame: Frame;
  let livePort: number;
  before(async () => {
    session = await startSession({ folder: samples });
    livePort = await freePort();
    await mkdir(join(session.folder, ".vscode"));
    await writeFile(join(session.folder, ".vscode/settings.json"), JSON.stringify({ "cockpit.live.port": livePort }));
    await writeFile(join(session.folder, "CODEOWNERS"), "/storefront-ui/ @acme/shop\n");
    window = await session.window();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  });
  after(() => session?.end());
  afterEach((t) => showFailure(t, window));

  /** Whatever the test before left: all files there and as they are on disk, and a Forest that nobody has touched. */
  beforeEach(async () => {
    await rm(newFile(), { force: true });
    await moveAll(aside(), session.folder);
    for (const dirty of await window.page.locator(".tab.dirty").all()) {
      await dirty.click();
      await window.command("File: Revert File");
    }
    await window.command("View: Close All Editors");
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
    "Mothball and Resume of the dialogs do it": async (press) => {
      const card = agent("storefront-ui");
      const answers = async (asks: string, reason: string, does: string) => {
        await press(card.getByRole("button", { name: `${asks} storefront-ui` }));
        const dialog = frame.getByRole("dialog");
        await dialog.locator("input:focus").waitFor();
        await window.page.keyboard.type(reason);
        await press(dialog.getByRole("button", { name: does, exact: true }));
        await dialog.waitFor({ state: "detached" });
      };
      await answers("Mothball…", "it is old", "Mothball");
      await card.getByText("it is old").first().waitFor();
      await answers("Resume…", "it is mended", "Resume");
      await card.getByText("it is old").first().waitFor({ state: "detached" });
    },
    "Show shows who became critical": async (press) => {
      await becomesCritical();
      await press(news("Show"));
      await agent("claims-triage").locator(".head:focus").waitFor();
      await news("Show").waitFor({ state: "detached" });
    },
    "Dismiss leaves who became critical": async (press) => {
      await becomesCritical();
      await press(news("Dismiss"));
      await news("Dismiss").waitFor({ state: "detached" });
      await keepsFocus();
    },
    "Start Live Wire starts it": async (press) => {
      await press(button("Start Live Wire"));
      await button("Start Live Wire").waitFor({ state: "detached" });
      await keepsFocus();
      await frame.locator(".figure", { hasText: "Events" }).locator("dd", { hasText: "/s" }).waitFor();
      await keepsFocus();
      await window.command("Cockpit: Stop Live Wire");
      await button("Start Live Wire").waitFor();
    },
    "Show Log shows why Live Wire does not run": async (press) => {
      const other = createServer().listen(livePort, "127.0.0.1");
      await once(other, "listening");
      const panel = window.page.locator(".part.panel");
      try {
        await button("Start Live Wire").click();
        await press(button("Show Log"));
        await panel.locator(".monaco-editor.focused", { hasText: "is in use" }).waitFor();
      } finally {
        other.close();
      }
      await window.command("View: Toggle Panel Visibility");
      await panel.waitFor({ state: "hidden" });
    },
    "Restart Server starts one that has ended too often": async (press) => {
      await endServers();
      await press(button("Restart Server"));
      await button("Restart Server").waitFor({ state: "detached" });
      await keepsFocus();
      await eventually(() => frame.locator(".banner", { hasText: "server" }).count(), 0);
    },
    "Audit Again looks for agents in a folder without any": async (press) => {
      await moveAll(session.folder, aside());
      await window.command("Cockpit: Audit Workspace");
      await button("Audit Again").waitFor();
      await frame.locator(".chip").first().focus();
      await frame.evaluate(noteLooking);
      await press(button("Audit Again"));
      await eventually(() => frame.evaluate("window.isLooking"), true);
      await button("Audit Again").waitFor();
      await keepsFocus();
    },
  };

  const news = (name: string) => frame.locator(".news").getByRole("button", { name });
  const keepsFocus = () => eventually(() => frame.evaluate("document.activeElement !== document.body"), true);
  const aside = () => join(session.temporary, "aside");

  async function becomesCritical() {
    // The test before may have left it so, until the file that is gone is noticed.
    await frame.locator('.agent.critical[aria-label="claims-triage"]').waitFor({ state: "detached" });
    await cp(join(session.folder, "surface-server/messages.py"), newFile());
    await frame.getByText("claims-triage became critical.").waitFor();
  }
  const newFile = () => join(session.folder, "claims-triage/triage/messages.py");

  /** Until VS Code's client starts no other; each once it has started, as one that is killed before may be said not to run and be started all the same. */
  async function endServers() {
    const starting = frame.getByText("server is starting");
    const isDown = async () => (await button("Restart Server").count()) > 0;
    while (!(await isDown())) {
      for (const pid of await serversOf(session)) process.kill(pid, "SIGKILL");
      await eventually(async () => (await isDown()) || (await starting.count()) > 0, true);
      await starting.waitFor({ state: "detached" });
    }
  }

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

async function moveAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from).catch(() => [])) if (!name.startsWith(".")) await rename(join(from, name), join(to, name));
}

/** Whether it was said, however shortly. */
const noteLooking = `(() => {
  window.isLooking = false;
  new MutationObserver(() => { window.isLooking ||= document.body.innerText.includes("Looking for agents"); }).observe(document.body, { childList: true, subtree: true });
})()`;
