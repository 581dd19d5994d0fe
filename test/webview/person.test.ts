/** What a person does in the Forest, by mouse and by keyboard, and what stays in place while the fleet goes on. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { axeProblems } from "./axe.ts";
import { type Audited, agent, alert, detail, finding, fleet, hear, live, lost, ready, watching } from "./fleet.ts";
import { settled, shoot, type View } from "./harness.ts";
import { agents, bare, button, focused, greens, head, ofKind, opened, saysOf } from "./opened.ts";

/** The agent at the upper edge. */
const firstSeen = ({ page }: View): Promise<string | null> =>
  page.locator(".agent").evaluateAll((all) => all.find((it) => it.getBoundingClientRect().bottom > 0)?.getAttribute("aria-label") ?? null);

describe("what is open", () => {
  test("critical agents are, warnings and green ones are not until somebody opens them", async (t) => {
    const view = await opened(t);
    assert.equal(await head(view, "billing").getAttribute("aria-expanded"), "true");
    await view.page.locator(".scroller").press("End");
    await greens(view).scrollIntoViewIfNeeded();
    assert.equal(await head(view, "researcher").getAttribute("aria-expanded"), "false");
    assert.match(await greens(view).innerText(), /189 green agents/);
    await greens(view).click();
    await settled(view.page);
    assert.equal(await greens(view).getAttribute("aria-expanded"), "true");
    await head(view, "agent-00011").click();
    await view.page.getByText("Nothing is wrong with it.").waitFor();
    await shoot(view, "greens");
    assert.deepEqual(await axeProblems(view.page), []);
  });

  test("an agent that becomes critical opens by itself and is announced; its row closes again as it was", async (t) => {
    const view = await opened(t, {}, fleet(30, { critical: 0, warnings: 2 }));
    await greens(view).click();
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, 0));
    await view.say({ kind: "alert", alert: alert("agent-00011") });
    assert.equal(await head(view, "agent-00011").getAttribute("aria-expanded"), "true");
    assert.match(
      await view.page.getByRole("status").innerText(),
      /agent-00011 became critical: agent-00011 has spent more than its budget/,
    );
    await shoot(view, "new-critical");
    await view.say({ kind: "alert", alert: alert("agent-00011", { status: "closed", closed: "over" }) });
    assert.equal(await head(view, "agent-00011").getAttribute("aria-expanded"), "false");
  });

  test("only agents that are open on the screen are looked at, over the range that was chosen", async (t) => {
    const view = await opened(t);
    await view.page.getByLabel("Range").selectOption("6 h");
    await settled(view.page);
    const last = ofKind(view, "look").at(-1);
    assert(last?.kind === "look" && last.range === "6 h" && last.agents.includes("billing") && last.agents.length <= 3);
    await view.say({ kind: "detail", detail: { ...detail("billing"), stepMs: 360_000 } });
    await view.page.locator(".chart canvas").nth(3).waitFor();
    assert.equal(await view.page.locator(".chart canvas").count(), 4);
  });
});

describe("curves", () => {
  const below = ({ page }: View) => page.locator(".agent[aria-label=billing] .charts > p").innerText();

  test("stand on one line, however long what is said above each", async (t) => {
    const view = await opened(t, { width: 1000 });
    await view.say({ kind: "detail", detail: detail("billing") });
    const boxes = async (part: string) =>
      Promise.all((await view.page.locator(`.agent[aria-label=billing] .chart ${part}`).all()).map((it) => it.boundingBox()));
    const heights = (await boxes("figcaption")).map((it) => it?.height);
    const tops = (await boxes(".curve")).map((it) => it?.y);
    assert.deepEqual([new Set(heights).size, tops.length, new Set(tops).size], [2, 4, 1], `${heights.join()} ${tops.join()}`);
  });

  test("of an agent say once from when to when they are", async (t) => {
    const view = await opened(t);
    await view.say({ kind: "detail", detail: detail("billing") });
    assert.equal(await below(view), "Each from 15 min ago to now");
    await view.page.getByLabel("Range").selectOption("24 h");
    await view.say({ kind: "detail", detail: { ...detail("billing"), start: Date.now() - 86_400_000, stepMs: 1_440_000 } });
    assert.equal(await below(view), "Each from 24 h ago to now");
  });

  test("that are told no more do not end now", async (t) => {
    const view = await opened(t);
    await view.say({ kind: "detail", detail: { ...detail("billing"), start: Date.now() - 1_205_000 } });
    assert.equal(await below(view), "Each from 20 min ago to 5 min ago");
  });
});

describe("by keyboard", () => {
  test("one stop for the list, arrows within it, Tab into the agent's own buttons and out", async (t) => {
    const view = await opened(t);
    await view.page.getByLabel("Search agents").focus();
    await button(view, "Pause View").focus();
    await view.page.keyboard.press("Tab");
    await view.page.keyboard.press("Tab");
    assert.equal(await focused(view), "billing");
    await view.page.keyboard.press("ArrowDown");
    assert.equal(await focused(view), "planner");
    await view.page.keyboard.press("End");
    assert.match(await focused(view), /189 green agents/);
    await view.page.keyboard.press("ArrowRight");
    await settled(view.page);
    await view.page.keyboard.press("End");
    assert.equal(await focused(view), "agent-00199");
    await view.page.keyboard.press("Home");
    assert.equal(await focused(view), "billing");
    await view.page.keyboard.press("Tab");
    assert.match(await view.page.evaluate(() => document.activeElement?.textContent ?? ""), /Mothball…/);
    await view.page.keyboard.press("Escape");
    await view.page.keyboard.press("ArrowLeft");
    await settled(view.page);
    assert.equal(await head(view, "billing").getAttribute("aria-expanded"), "false");
    await view.page.keyboard.press("Enter");
    await settled(view.page);
    assert.equal(await head(view, "billing").getAttribute("aria-expanded"), "true");
    await shoot(view, "focus");
  });

  test("mothballs with a reason, and not without; resumes; the focus comes back", async (t) => {
    const view = await opened(t);
    await head(view, "billing").focus();
    await view.page.keyboard.press("Tab");
    await view.page.keyboard.press("Enter");
    await view.page.getByRole("dialog").waitFor();
    await view.page.keyboard.press("Enter");
    await view.page.getByText("Say why.").waitFor();
    await shoot(view, "confirm");
    assert.deepEqual(await axeProblems(view.page), []);
    await view.page.keyboard.type("  it loops  ");
    await view.page.keyboard.press("Enter");
    assert.deepEqual(ofKind(view, "mothball"), [{ kind: "mothball", agentId: "billing", reason: "it loops" }]);
    assert.match(await view.page.evaluate(() => document.activeElement?.textContent ?? ""), /Mothball…/);
    const paused = { by: "ops", at: new Date().toISOString(), reason: "it loops" };
    await view.say(
      { kind: "mothballs", mothballed: { billing: paused } },
      { kind: "said", text: "billing is mothballed", isProblem: false },
    );
    await head(view, "billing").focus();
    await view.page.keyboard.press("Tab");
    await view.page.keyboard.press("Enter");
    await view.page.getByText("ops mothballed it").waitFor();
    await shoot(view, "resume");
    await view.page.keyboard.press("Escape");
    assert.equal(await view.page.getByRole("dialog").count(), 0);
    await view.page.keyboard.press("Enter");
    await view.page.keyboard.type(" mended ");
    await view.page.keyboard.press("Enter");
    await view.page.keyboard.press("Enter");
    await view.page.getByRole("dialog").getByRole("button", { name: "Resume" }).press("Enter");
    const resumed = { kind: "resume", agentId: "billing" };
    assert.deepEqual(ofKind(view, "resume"), [
      { ...resumed, reason: "mended" },
      { ...resumed, reason: "" },
    ]);
  });
});

describe("search, filters and order", () => {
  test("each narrows what is shown, all together are cleared", async (t) => {
    const view = await opened(t);
    const shows = async (agents: RegExp) => {
      await settled(view.page);
      assert.match(await view.page.locator(".toolbar .count").innerText(), agents);
    };
    await view.page.getByLabel("Search agents").fill("TEAM-3 agent-");
    await shows(/^9 agents of 200$/);
    await view.page.getByLabel("Search agents").fill("");
    await view.page.getByLabel("Language").selectOption("go");
    await shows(/^50 agents/);
    await view.page.getByLabel("Owner").selectOption("@acme/team-2");
    await shows(/^10 agents/);
    await view.page.getByLabel("Rule").selectOption("missing-surface-id");
    await shows(/^1 agent of/);
    await button(view, /warning$/).click();
    await view.page.getByText("No agent passes the filters.").waitFor();
    await shoot(view, "filtered-out");
    await button(view, "Clear Filters").first().click();
    await settled(view.page);
    assert.equal(await view.page.locator(".toolbar .count").count(), 0);
  });

  test("of 2,000 owners, one is chosen by typing its name, and a search finds by a part of it", async (t) => {
    const view = await opened(
      t,
      {},
      fleet(4000).map((it, at) => ({ ...it, owners: [`@acme/team-${at % 2000}`] })),
    );
    const owner = view.page.getByLabel("Owner");
    await owner.focus();
    await view.page.keyboard.type("@acme/team-1234");
    await settled(view.page);
    assert.equal(await owner.inputValue(), "@acme/team-1234");
    assert.equal(await view.page.locator(".toolbar .count").innerText(), "2 agents of 4,000");
    await button(view, "Clear Filters").first().click();
    await view.page.getByLabel("Search agents, findings and alerts").fill("team-1234");
    await settled(view.page);
    assert.equal(await view.page.locator(".toolbar .count").innerText(), "2 agents of 4,000");
  });

  test("how many are shown is said, of a filter, without it again, and of another one", async (t) => {
    const view = await opened(t);
    const says = async (search: string) => {
      await view.page.getByLabel("Search agents").fill(search);
      await settled(view.page);
      return view.page.getByRole("status").innerText();
    };
    assert.equal(await says("billing"), "11 agents shown.");
    assert.equal(await says(""), "200 agents shown.");
    assert.equal(await says("uncapped-client"), "11 agents shown.");
  });

  test("sorts by what is spent, the worst health first; groups by folder", async (t) => {
    const view = await opened(t);
    await view.say({
      kind: "live",
      reset: false,
      gone: [],
      agents: [live("planner", { usdPerHour: 99 }), live("triage", { usdPerHour: null })],
    });
    await view.page.getByLabel("Sort").selectOption("spend");
    await settled(view.page);
    const names = await view.page.locator(".agent.critical").evaluateAll((all) => all.map((it) => it.getAttribute("aria-label")));
    assert.deepEqual(names, ["planner", "billing", "triage"]);
    await button(view, "By Folder").click();
    await settled(view.page);
    assert.match(await view.page.locator("h2").first().innerText(), /fleet\/teams\/team-0\s+10 agents/);
    await shoot(view, "by-folder");
    assert.deepEqual(await axeProblems(view.page), []);
  });
});

describe("while the fleet goes on", () => {
  test("a row that is read keeps its place when critical agents come in above it", async (t) => {
    const view = await opened(t);
    await head(view, "billing").focus();
    await view.page.keyboard.press("End");
    // Not at the edge, where what is told of others would cover it.
    for (let i = 0; i < 8; i++) await view.page.keyboard.press("ArrowUp");
    const top = () => view.page.evaluate(topAtRest);
    const before = await top();
    const name = await focused(view);
    await view.say({ kind: "alert", alert: alert("agent-00150") }, { kind: "alert", alert: alert("agent-00151") });
    await view.page.getByText("agent-00150 and 1 other agent became critical.").waitFor();
    assert.equal(await focused(view), name);
    assert(Math.abs((await top()) - before) <= 2, `it went from ${before} to ${await top()}`);
    await button(view, "Show").click();
    await settled(view.page);
    assert.equal(await focused(view), "agent-00150");
  });

  test("at the very end of the list nothing moves when a banner comes and goes", async (t) => {
    const view = await opened(t);
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await settled(view.page);
    const top = () => view.page.locator(".greens").evaluate((it) => Math.round(it.getBoundingClientRect().top));
    const before = await top();
    const banner = view.page.getByText("server is starting");
    await view.say({ kind: "server", state: "starting", message: "" });
    await banner.waitFor({ state: "attached" });
    assert.equal(await top(), before);
    await view.say(ready);
    await banner.waitFor({ state: "detached" });
    await settled(view.page);
    assert.equal(await top(), before);
  });

  test("paused, nothing changes and what waits is counted; then all of it comes", async (t) => {
    const view = await opened(t);
    await button(view, "Pause View").click();
    await view.page.getByText(/^The view is paused since \d+:\d\d:\d\d [AP]M\. Nothing waits\.$/).waitFor();
    await view.say(
      { kind: "live", reset: false, gone: [], agents: [live("billing", { usdPerHour: 77 }), live("triage")] },
      { kind: "alert", alert: alert("planner") },
    );
    await view.page.getByText("Waiting: news of 2 agents and 1 alert.").waitFor();
    assert.doesNotMatch(await head(view, "billing").innerText(), /77/);
    await shoot(view, "paused");
    assert.deepEqual(await axeProblems(view.page), []);
    await button(view, "Go On").click();
    await settled(view.page);
    assert.match(await head(view, "billing").innerText(), /\$77/);
  });

  test("paused, alerts that are known do not wait when they are told again, and a watcher is lost since it was", async (t) => {
    const view = await opened(t);
    await button(view, "Pause View").click();
    const since = await view.page.evaluate(() => Date.now());
    await view.say({ kind: "openAlerts", alerts: [alert("billing")] });
    await view.page.getByText(/Nothing waits\.$/).waitFor();
    await view.say({ kind: "watching", starts: false, watching: { kind: "lost", since, message: "it ended" } });
    await view.page.getByText(/^Live Wire does not run, for 2 s: it ended\./).waitFor();
    await view.say({ kind: "openAlerts", alerts: [alert("billing"), alert("planner")] });
    await view.page.getByText(/Waiting: 1 alert\.$/).waitFor();
  });

  test("a watcher that is lost makes figures stale, and one that comes back makes them live", async (t) => {
    const view = await opened(t);
    await view.say(lost);
    assert.match(await head(view, "billing").innerText(), /stale, \d+ s ago/);
    assert.doesNotMatch(await head(view, "billing").innerText(), /\$/);
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await settled(view.page);
    assert.match(await greens(view).innerText(), /189 green agents when last heard of\s+189 stale/);
    await shoot(view, "stale-greens");
    await view.say(watching(5), { kind: "live", reset: true, gone: [], agents: agents.map((it) => live(it.id)) });
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, 0));
    await settled(view.page);
    assert.match(await head(view, "billing").innerText(), /\$1\.27/);
  });

  test("once it is lost, green agents are of before, also where one was never heard", async (t) => {
    const view = await bare(t);
    await view.say(...saysOf(agents).filter(({ kind }) => kind !== "live"), ...hear(agents.slice(0, 199).map((it) => live(it.id))), lost);
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await settled(view.page);
    assert.match(await greens(view).innerText(), /189 green agents when last heard of\s+188 stale · 1 never heard/);
    assert.equal(await greens(view).locator(".codicon-history").count(), 1);
  });

  test("a reload in the middle finds filters, order, range, open rows and the place again", async (t) => {
    const view = await opened(t);
    await view.page.getByLabel("Range").selectOption("1 h");
    await view.page.getByLabel("Sort").selectOption("name");
    await head(view, "billing").click();
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await greens(view).click();
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, 1500));
    await view.page.waitForTimeout(500);
    const first = await firstSeen(view);
    await view.page.reload();
    await view.wear("dark");
    await view.say(...saysOf(agents));
    await view.page.waitForTimeout(100);
    assert.equal(await view.page.getByLabel("Range").inputValue(), "1 h");
    assert.equal(await view.page.getByLabel("Sort").inputValue(), "name");
    assert.equal(await firstSeen(view), first);
    await view.page.locator(".scroller").evaluate((it) => it.scrollTo(0, 0));
    await settled(view.page);
    assert.equal(await head(view, "billing").getAttribute("aria-expanded"), "false");
  });

  test("what is of another shape is left out, and the rest goes on", async (t) => {
    const view = await opened(t);
    for (const strange of [
      null,
      7,
      "x",
      "7",
      '{"kind":"live"}',
      '{"kind":"audit","agents":[{"key":1}],"gone":[]}',
      '{"kind":"toString"}',
      { kind: "told" },
    ])
      await view.sayAnything(strange);
    await view.say({ kind: "live", reset: false, gone: [], agents: [live("billing", { usdPerHour: 55 })] });
    assert.match(await head(view, "billing").innerText(), /\$55/);
    assert.equal(view.problems.splice(0).length, 8);
  });
});

describe("what was not checked", () => {
  const notRun = Array.from({ length: 25 }, (_, at) => ({ file: `f${at}.py`, reason: "it cannot be parsed" }));
  const opens = async (t: TestContext, change: Partial<Audited>) => {
    const view = await opened(t, {}, [agent("a", { notRun, ...change })]);
    await view.page.locator('.agent[aria-label="a"] .head[aria-expanded="false"]').click();
    return view;
  };
  const heading = ({ page }: View) => page.locator(".part:has(.findings) h3").innerText();

  test("is counted, and shown ten at a time", async (t) => {
    const view = await opens(t, {});
    assert.equal(await heading(view), "25 checks could not run");
    await button(view, "Show 10 More").click();
    await button(view, "Show 5 More").click();
    await view.page.getByText("f24.py was not checked").waitFor();
    assert.equal(await view.page.locator(".findings li").count(), 25);
  });

  test("comes after the findings", async (t) => {
    const view = await opens(t, { findings: [finding()] });
    assert.equal(await heading(view), "1 finding, 25 checks could not run");
    await button(view, "Show 10 More").waitFor();
    assert.equal(await view.page.locator(".findings li").count(), 10);
  });
});

test("a spend that is not all known says without how many agents it is", async (t) => {
  const view = await opened(t);
  const unpriced = (...ids: string[]): HostMessage => {
    return { kind: "live", reset: false, gone: [], agents: ids.map((it) => live(it, { usdPerHour: null })) };
  };
  await view.say(unpriced("billing"));
  await view.page.getByTitle("Over the last minute, without 1 agent whose price is not known").waitFor();
  await view.say(unpriced("triage"));
  await view.page.getByTitle("Over the last minute, without 2 agents whose price is not known").waitFor();
});

test("10,000 agents: only what can be seen is laid out, and every one can be reached", async (t) => {
  const view = await opened(t, {}, fleet(10_000, { critical: 10, warnings: 100 }));
  await greens(view).or(view.page.locator(".agent")).first().waitFor();
  await head(view, "billing").focus();
  await view.page.keyboard.press("End");
  await view.page.keyboard.press("ArrowRight");
  await settled(view.page);
  await view.page.keyboard.press("End");
  assert.equal(await focused(view), "agent-09999");
  assert((await view.page.locator(".entry").count()) < 100);
  await shoot(view, "ten-thousand");
  assert.deepEqual(await axeProblems(view.page), []);
});

/** Where what has the focus is on the screen, once it has not moved for ten frames. Runs in the page. */
async function topAtRest(): Promise<number> {
  const top = () => Math.round(document.activeElement?.getBoundingClientRect().top ?? 0);
  let [last, still] = [top(), 0];
  while (still < 10) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    still = top() === last ? still + 1 : 0;
    last = top();
  }
  return last;
}
