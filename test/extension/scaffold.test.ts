/** The wizard as a person without a mouse uses it: questions, the differences, and only then the files. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

const python = { language: "Python", runtime: "cockpit_runtime.py", manifest: "requirements.txt", step: "pip install" };
const typescript = { language: "TypeScript", runtime: "src/cockpit-runtime.ts", manifest: "package.json", step: "npm install" };
const go = { language: "Go", runtime: "internal/cockpit/cockpit_runtime.go", manifest: "go.mod", step: "go mod tidy" };
/** One of each language, and below the others of the fleet but for `planner`, which has a test of its own. */
const agents = [
  { ...python, id: "travel-concierge", runtime: "concierge/cockpit_runtime.py", manifest: "pyproject.toml", step: "uv sync" },
  { ...typescript, id: "invoice-extractor" },
  { ...go, id: "ledger-watch" },
];
const others = [
  { ...go, id: "catalog-search" },
  { ...python, id: "claims-triage" },
  { ...python, id: "surface-server" },
  { ...python, id: "writer", folder: "research-desk/agents/writer" },
  { ...typescript, id: "searcher", folder: "research-desk/agents/searcher" },
  { ...typescript, id: "storefront-ui" },
  { ...typescript, id: "support-router" },
];

interface Sample {
  id: string;
  /** In the workspace, where it is not its id. */
  folder?: string;
  language: string;
  runtime: string;
  manifest: string;
  /** What the wizard says to do next. */
  step: string;
}

describe("the wizard Scaffold", () => {
  let session: Session;
  let window: Window;
  before(async () => {
    session = await startSession({ folder: samples });
    window = await session.window();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  });
  after(() => session?.end());
  afterEach((t) => showFailure(t, window));

  /** Waits for the question before the keys are pressed. */
  async function answer(step: string, ...keys: string[]) {
    await window.widget.getByText(step).waitFor();
    await window.press(...keys);
  }

  async function start(id: string) {
    await window.type("Cockpit: Scaffold…");
    await window.widget.getByText("Scaffold (1/4)").waitFor();
    await window.page.keyboard.type(id);
    await window.focused(id);
    await window.press("Enter");
  }

  function writesAfterShowing({ id, folder = id, language, runtime, manifest, step }: Sample) {
    test(`for ${id}: nothing is written before the differences were seen`, async () => {
      const file = (name: string) => join(session.folder, folder, name);
      const original = await readFile(file(manifest), "utf8");
      await window.type("Notifications: Clear All Notifications");
      await start(id);
      await window.widget.getByText("Scaffold (2/4)").waitFor();
      await window.focused(language);
      await window.screenshot(`scaffold-${id}-1-language`);
      await answer("Scaffold (2/4)", "Enter");
      await answer("Scaffold (3/4)", "Enter");
      await window.widget.getByText("Scaffold (4/4)").waitFor();
      await window.page.locator(".multiDiffEntry", { hasText: manifest }).first().waitFor();
      await window.focused("Write 9 files");
      await window.screenshot(`scaffold-${id}-2-differences`);
      assert(!existsSync(file(runtime)));
      assert.equal(await readFile(file(manifest), "utf8"), original);
      await window.press("Enter");
      await window.notification(`Wrote 9 files for ${id}`).waitFor();
      await window.screenshot(`scaffold-${id}-3-written`);
      assert.match(await window.notification(`Wrote 9 files for ${id}`).innerText(), new RegExp(`${manifest} names now: ${step}`));
      assert.match(await readFile(file(runtime), "utf8"), new RegExp(`"${id}"`));
      assert.match(await readFile(file(manifest), "utf8"), /opentelemetry/);
      await window.page.locator(".multiDiffEntry").first().waitFor({ state: "detached" });
    });
  }

  for (const it of agents) writesAfterShowing(it);

  test("a second time there is nothing to do", async () => {
    await start("ledger-watch");
    await answer("Scaffold (2/4)", "Enter");
    await answer("Scaffold (3/4)", "Enter");
    await window.notification("ledger-watch has it all").waitFor();
  });

  test("who goes back finds the answer, and who gives up finds nothing written", async () => {
    await start("claims-triage");
    await answer("Scaffold (2/4)", "Enter");
    await window.widget.getByText("Scaffold (3/4)").waitFor();
    await window.press("Control+Alt+Minus");
    await window.widget.getByText("Scaffold (2/4)").waitFor();
    await window.press("Control+Alt+Minus");
    await window.widget.getByText("Scaffold (1/4)").waitFor();
    await window.focused("claims-triage");
    await window.press("Enter");
    await answer("Scaffold (2/4)", "Enter");
    // Of both parts, the second is chosen off.
    await answer("Scaffold (3/4)", "ArrowDown", "ArrowDown", "Space", "Enter");
    await window.focused("Write 5 files");
    await window.press("Control+Alt+Minus");
    await answer("Scaffold (3/4)", "Enter");
    await window.focused("Write 5 files");
    await window.press("Escape");
    await window.page.locator(".multiDiffEntry").first().waitFor({ state: "detached" });
    assert(!existsSync(join(session.folder, "claims-triage/.cockpit")));
  });

  test("who goes back to another agent is asked in its own language", async () => {
    await start("planner");
    await window.widget.getByText("Scaffold (2/4)").waitFor();
    await window.focused("Python");
    await answer("Scaffold (2/4)", "Enter");
    await answer("Scaffold (3/4)", "Control+Alt+Minus");
    await answer("Scaffold (2/4)", "Control+Alt+Minus");
    await window.widget.getByText("Scaffold (1/4)").waitFor();
    await window.page.keyboard.type("searcher");
    await window.focused("searcher");
    await window.press("Enter");
    await window.widget.getByText("Scaffold (2/4)").waitFor();
    await window.focused("TypeScript");
    await window.press("Escape");
  });

  test("who reads the differences first is asked again beside them", async () => {
    await window.type("Notifications: Clear All Notifications");
    await start("planner");
    await answer("Scaffold (2/4)", "Enter");
    await answer("Scaffold (3/4)", "Enter");
    await window.widget.getByText("Scaffold (4/4)").waitFor();
    await window.press("ArrowDown");
    await window.focused("Read the differences first");
    await window.press("Enter");
    await window.notification("Nothing is written yet.").waitFor();
    await window.page.locator(".multiDiffEntry").first().waitFor();
    await window.screenshot("scaffold-5-reading");
    const runtime = join(session.folder, "research-desk/agents/planner/cockpit_runtime.py");
    assert(!existsSync(runtime));
    await window.type("Notifications: Focus Notification Toast");
    const write = window.notification("Nothing is written yet.").getByRole("button", { name: /^Write / });
    for (let turn = 0; turn < 10 && !(await write.evaluate((it) => it.matches(":focus"))); turn++) await window.press("Tab");
    await window.press("Enter");
    await window.notification("files for planner").waitFor();
    assert(existsSync(runtime));
  });

  test("a manifest with changes that are not saved is not written over", async () => {
    const manifest = "support-router/package.json";
    const original = await readFile(join(session.folder, manifest), "utf8");
    await window.open(manifest);
    await window.page.locator(".monaco-editor.focused").waitFor();
    await window.page.keyboard.type(" ");
    await window.page.locator(".tab.active.dirty").waitFor();
    await start("support-router");
    await answer("Scaffold (2/4)", "Enter");
    await answer("Scaffold (3/4)", "Enter");
    await window.notification("support-router/package.json has changes that are not saved").waitFor();
    assert.equal(await readFile(join(session.folder, manifest), "utf8"), original);
    assert(!existsSync(join(session.folder, "support-router/.cockpit")));
    await window.type("File: Revert File");
  });

  test("a file that somebody wrote by hand is shown beside what would be generated, and left alone", async () => {
    const path = join(session.folder, "claims-triage/policy_engine.py");
    await writeFile(path, "# by hand\n");
    await start("claims-triage");
    await answer("Scaffold (2/4)", "Enter");
    // Of both parts, the second is chosen off again.
    await answer("Scaffold (3/4)", "ArrowDown", "ArrowDown", "Space", "Enter");
    await window.notification("Left alone were claims-triage/policy_engine.py: it was there before and is not ours").waitFor();
    await window.page.locator(".multiDiffEntry").first().waitFor();
    await window.screenshot("scaffold-4-left-alone");
    assert.equal(await readFile(path, "utf8"), "# by hand\n");
    assert(!existsSync(join(session.folder, "claims-triage/.cockpit")));
    await rm(path);
  });

  for (const it of others) writesAfterShowing(it);
});
