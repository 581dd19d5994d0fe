/** Live Wire as a person uses it: started from the palette, an agent that spends too much, its pause and its way back. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import * as z from "zod";
import { eventually } from "../lsp/eventually.ts";
import { spend as spendAt } from "./otlp.ts";
import { type Session, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

describe("Live Wire", () => {
  let folder: string;
  let session: Session;
  let window: Window;
  /** Has the port that the settings name. */
  let blocker: Server;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cockpit-live-"));
    blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, "127.0.0.1", () => resolve(z.object({ port: z.number() }).parse(blocker.address()).port));
    });
    await writeProject(folder, port);
    session = await startSession({ folder });
    window = await session.window();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  });
  after(async () => {
    blocker?.close();
    await session?.end();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach((t) => showFailure(t, window));

  const button = (text: string | RegExp, name: string) => window.notification(text).getByRole("button", { name }).click();
  const status = (says: string) => window.page.locator(`.statusbar-item[aria-label*="${says}"]`);
  const mothballs = async () => JSON.parse(await readFile(join(session.folder, ".cockpit/mothball.json"), "utf8")).agents;
  const claimFile = () => join(session.folder, ".cockpit/lake/watcher.json");

  /** Where the watcher listens, and its process. */
  async function watcher() {
    await status("Live Wire listens on").waitFor();
    return z.object({ pid: z.number(), url: z.string() }).parse(JSON.parse(await readFile(claimFile(), "utf8")));
  }

  async function spend(agents: readonly string[], tokens: number) {
    const { url } = await watcher();
    for (const agent of agents) await spendAt(url, agent, tokens);
  }

  test("is off until somebody starts it; a port that is in use is said, and another one offered", async () => {
    assert.equal(await status("Live Wire").count(), 0);
    assert(!existsSync(join(session.folder, ".cockpit/lake")));
    await window.command("Cockpit: Start Live Wire");
    await window.notification(/Live Wire does not run: port \d+ is in use/).waitFor();
    await window.screenshot("live-1-port-in-use");
    await button("is in use", "Use Another Port");
    const { url } = await watcher();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await status(`Live Wire listens on ${url}`).waitFor();
  });

  test("an agent beyond its budget is told, and mothballed from the notification", async () => {
    await spend(["billing"], 5);
    await spend(["billing"], 50);
    await window.notification("billing has spent more than its budget: 55 of 10 tokens an hour").waitFor();
    await status("1 open alert").waitFor();
    await window.screenshot("live-2-alert");
    await button("billing has spent", "Mothball…");
    await window.widget.getByText("Mothball billing").waitFor();
    await window.page.keyboard.press("Enter");
    await window.widget.getByText("Say why").waitFor();
    await window.page.keyboard.type("it loops --apply=no");
    await window.screenshot("live-3-reason");
    await window.page.keyboard.press("Enter");
    await window.notification("billing is mothballed: its next call is refused").waitFor();
    const { billing } = await mothballs();
    assert.equal(billing.reason, "it loops --apply=no");
  });

  test("more alerts come together, without the marks of links, and can be shown", async () => {
    await spend(["triage", "[click](command:x) me", "planner"], 70);
    await status("4 open alerts").waitFor();
    await window.notification("3 more alerts: triage, [click] (command:x) me, planner").waitFor({ timeout: 60_000 });
    assert.equal(await window.notification("3 more alerts").locator("a[href]").count(), 0);
    await window.screenshot("live-4-more");
    await button("3 more alerts", "Show");
    await window.widget.getByText("Open Alerts").waitFor();
    await window.screenshot("live-5-open");
    await window.choose("planner");
    await window.notification("planner has spent more").waitFor();
  });

  test("the palette knows whom to mothball, and whom to resume", async () => {
    await window.command("Cockpit: Mothball Agent…");
    await window.widget.getByText("triage").waitFor();
    await window.widget.getByText("desk").first().waitFor();
    assert.equal(await window.widget.getByText("billing").count(), 0);
    await window.screenshot("live-6-mothball");
    await window.page.keyboard.press("Escape");
    await window.command("Cockpit: Resume Agent…");
    await window.widget.getByText("it loops").waitFor();
    await window.screenshot("live-7-resume");
    await window.choose("billing");
    await window.notification("billing is resumed").waitFor();
    assert.deepEqual(await mothballs(), {});
  });

  test("that it cannot be read who is mothballed is not said to be nobody", async () => {
    const file = join(session.folder, ".cockpit/mothball.json");
    const before = await readFile(file, "utf8");
    await writeFile(file, "{");
    await window.command("Cockpit: Resume Agent…");
    await window.notification("Nobody can be resumed: who is mothballed cannot be read.").waitFor();
    await writeFile(file, before);
  });

  test("a watcher that is killed is started again, and still knows what is open", async () => {
    const { pid } = await watcher();
    process.kill(pid, "SIGKILL");
    await eventually(async () => (await claimed()) !== pid && isAlive((await claimed()) ?? 0), true);
    await status("4 open alerts").waitFor();
  });

  test("the status item's menu stops it", async () => {
    const { pid } = await watcher();
    await status("Live Wire listens on").click();
    await window.widget.getByText("Stop Live Wire").waitFor();
    await window.screenshot("live-8-menu");
    await window.page.keyboard.type("Stop Live Wire");
    await window.focused("Stop Live Wire");
    await window.page.keyboard.press("Enter");
    await status("Live Wire").waitFor({ state: "detached" });
    await eventually(() => isAlive(pid), false);
    assert(!existsSync(claimFile()));
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).click();
    await window.widget.getByText("Start Live Wire").waitFor();
    await window.page.keyboard.press("Escape");
  });

  test("it ends with its window", async () => {
    blocker.close();
    await window.command("Cockpit: Start Live Wire");
    const { pid } = await watcher();
    await window.page.reload();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
    await eventually(() => isAlive(pid), false);
    assert.equal(await status("Live Wire").count(), 0);
  });

  /** The process of the watcher that says it is one. */
  async function claimed(): Promise<number | undefined> {
    const text = await readFile(claimFile(), "utf8").catch(() => "{}");
    return z.object({ pid: z.number() }).safeParse(JSON.parse(text)).data?.pid;
  }
});

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function writeProject(folder: string, port: number) {
  const files = {
    "cockpit.json": { fleet: { budgets: [{ agent: "*", unit: "tokens", per: "hour", limit: 10 }] } },
    ".vscode/settings.json": { "cockpit.live.port": port },
  };
  // Nothing above it counts.
  for (const name of [".git", ".vscode"]) await mkdir(join(folder, name), { recursive: true });
  for (const [name, value] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(value));
  await writeFile(join(folder, "pyproject.toml"), '[project]\nname = "desk"\nversion = "1"\ndependencies = ["openai"]\n');
  await writeFile(join(folder, "main.py"), "from openai import OpenAI\n\nclient = OpenAI()\n");
}
