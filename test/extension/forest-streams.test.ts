/**
 * The Forest while agents send and what it lives on is killed: the language server, the watcher. It says what is of before, never shows it as green or as zero, and is whole again by itself, with the
 * person's row, focus, selection and place as they were. Screenshots land in test-results/.
 */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Frame } from "playwright-core";
import * as z from "zod";
import { freePort } from "../../scripts/code-server.ts";
import { eventually } from "../lsp/eventually.ts";
import { forestIn } from "./forest-frame.ts";
import { spend, stream, watcherOf, watcherUrl } from "./otlp.ts";
import { serversOf } from "./processes.ts";
import { type Session, samples, startSession } from "./session.ts";
import { showFailure, type Window } from "./window.ts";

describe("the Forest while agents send", () => {
  let session: Session;
  let window: Window;
  let frame: Frame;
  let sending: ReturnType<typeof stream> | undefined;
  let url: string;
  before(async () => {
    session = await startSession({ folder: samples });
    await mkdir(join(session.folder, ".vscode"), { recursive: true });
    // A watcher that is started again listens where agents send.
    await writeFile(join(session.folder, ".vscode/settings.json"), JSON.stringify({ "cockpit.live.port": await freePort() }));
    window = await session.window();
    await ready();
    await window.command("Cockpit: Open Forest");
    frame = await forestIn(window.page);
    await frame.getByRole("button", { name: "Start Live Wire" }).click();
    url = await watcherUrl(session.folder);
    sending = stream(url, ["catalog-search", "night-shift", "storefront-ui"]);
    await eventsPerSecond(/^[\d.]+\/s$/);
    await toEnd();
    await frame.locator(".greens").click();
    await agent("catalog-search").locator(".head").click();
  });
  after(async () => {
    await sending?.stop();
    await session?.end();
  });
  afterEach((t) => showFailure(t, window));

  const ready = () => window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  const agent = (name: string) => frame.locator(`.agent[aria-label="${name}"]`);
  const eventsPerSecond = (says: RegExp) => frame.locator(".figure", { hasText: "Events" }).locator("dd", { hasText: says }).waitFor();
  const moments = async () => z.array(momentSchema).parse(await frame.evaluate("window.moments"));

  const toEnd = () => frame.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));

  /** With the list scrolled to it, some of its text selected and the focus on its head. */
  async function look(name: string) {
    const facts = agent(name).locator(".facts").first();
    // The list may still grow to its whole length.
    await eventually(async () => {
      await toEnd();
      return facts.isVisible();
    }, true);
    await facts.selectText();
    await agent(name).locator(".head").focus();
    await window.page.waitForTimeout(500);
    await frame.evaluate(noteMoments, name);
  }

  /** Who speaks for the first time now is seen now. */
  async function hears(newcomer: string) {
    await spend(url, newcomer, 7);
    await frame.getByLabel("Search agents").fill(newcomer);
    await frame.locator(".greens", { hasText: "1 heard now" }).waitFor();
    await frame.getByLabel("Search agents").fill("");
  }

  const stays = (all: readonly Moment[], key: keyof Moment) => assert.deepEqual([...new Set(all.map((it) => it[key]))], [all[0]?.[key]]);

  test("a language server that is killed: its findings are said to be of before, agents are heard all the while, and it comes back", async () => {
    const [pid] = await serversOf(session);
    assert(pid !== undefined, "a server runs");
    await look("catalog-search");
    process.kill(pid, "SIGKILL");
    await frame.getByText("The cockpit's server is starting: findings are those of before.").waitFor();
    await window.screenshot("forest-streams-1-server-killed");
    await eventually(async () => (await serversOf(session)).some((it) => it !== pid), true);
    await ready();
    await eventually(() => frame.locator(".banners").innerText(), "");
    const all = await moments();
    for (const key of ["healths", "focused", "selected", "isOpen", "top"] as const) stays(all, key);
    assert.deepEqual(
      all.filter((it) => it.fresh.startsWith("stale") || !/[1-9]\S* tok\/min/.test(it.rates) || !/[1-9]\S*\/s$/.test(it.events)),
      [],
    );
    await hears("after-the-server");
  });

  test("a watcher that is killed: what is of before is stale, and one that is started again makes it live", async () => {
    const { pid } = await watcherOf(session.folder);
    await look("catalog-search");
    process.kill(pid, "SIGKILL");
    await frame.getByText("Live Wire does not run").waitFor();
    await window.screenshot("forest-streams-2-watcher-killed");
    await frame.getByText("Live Wire does not run").waitFor({ state: "detached" });
    assert.notEqual((await watcherOf(session.folder)).pid, pid);
    await eventsPerSecond(/[1-9]\S*\/s$/);
    await window.screenshot("forest-streams-3-watcher-again");
    const all = await moments();
    const isLost = (it: Moment) => it.banners.includes("Live Wire does not run");
    const lost = all.filter(isLost);
    const again = all.slice(all.findLastIndex(isLost) + 1);
    const first = again.findIndex((it) => it.rates !== "");
    assert.notEqual(first, -1, "it tells of the agent");
    const begins = again.slice(0, first);
    const live = all.filter((it) => !isLost(it) && !begins.includes(it));
    for (const { banners, fresh, rates, events } of lost)
      assert.deepEqual(
        {
          says: banners
            .replace(/\d+/, "N")
            .replace(/^Auditing: \S+ may be of before\. /, "")
            .split("Start")[0]
            ?.trim(),
          fresh: fresh.replace(/\d+/, "N"),
          rates,
          events,
        },
        {
          says: "Live Wire does not run, for N s: the watcher ended (SIGKILL). What you see is what was known then.",
          fresh: "stale, N s ago",
          rates: "",
          events: "–",
        },
      );
    for (const { fresh, rates } of begins) assert.deepEqual([fresh.replace(/\d+/, "N"), rates], ["stale, N s ago", ""]);
    for (const { fresh, rates, events } of live) {
      assert.match(fresh, /^\d+ s ago$/);
      assert.match(rates, /[1-9]\S* tok\/min/);
      assert.match(events, /[1-9]\S*\/s$|^–$/);
    }
    for (const key of ["healths", "focused", "selected", "isOpen", "top"] as const) stays(all, key);
    await hears("after-the-watcher");
  });
});

/** What is on the screen of one agent and around it, whenever it is another picture. */
const momentSchema = z.object({
  banners: z.string(),
  healths: z.string(),
  events: z.string(),
  fresh: z.string(),
  rates: z.string(),
  isOpen: z.boolean(),
  focused: z.string(),
  selected: z.string(),
  /** Of its row, pixels from the upper edge. */
  top: z.number(),
});
type Moment = z.infer<typeof momentSchema>;

/** Runs in the page. */
function noteMoments(name: string) {
  const text = (it: Element | null | undefined) => (it instanceof HTMLElement ? it.innerText.replace(/\s+/g, " ").trim() : "");
  const moments: unknown[] = [];
  let last = "";
  const find = () => document.querySelector(`.agent[aria-label="${name}"]`);
  const note = (top: number) => {
    const agent = find();
    const events = [...document.querySelectorAll(".figure")].find((it) => text(it).startsWith("Events"))?.querySelector("dd");
    const moment = {
      banners: text(document.querySelector(".banners")),
      healths: text(document.querySelector(".healths")),
      events: text(events?.querySelector("[aria-hidden]") ?? events),
      fresh: text(agent?.querySelector(".fresh")),
      rates: text(agent?.querySelector(".rates")),
      isOpen: agent?.querySelector(".card") instanceof HTMLElement,
      focused: document.activeElement?.closest(".agent")?.getAttribute("aria-label") ?? "",
      selected: getSelection()?.toString() ?? "",
      top,
    };
    const now = JSON.stringify(moment);
    if (now !== last) moments.push(moment);
    last = now;
  };
  // In each frame as it is painted: between two of them the page may stand as nobody sees it.
  const next = () => {
    const agent = find();
    const painted = new IntersectionObserver(([entry]) => {
      painted.disconnect();
      note(Math.round(entry?.boundingClientRect.top ?? -1));
    });
    if (agent) painted.observe(agent);
    else note(-1);
    requestAnimationFrame(next);
  };
  next();
  Object.assign(window, { moments });
}
