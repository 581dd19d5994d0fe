/** What a person does in the Forest, by mouse and by keyboard, and what stays in place while the fleet goes on. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Locator } from "playwright-core";
import type { HostMessage, ViewMessage } from "../../server/protocol/forest.ts";
import { axeProblems } from "./axe.ts";
import { type Audited, agent, alert, audit, begin, detail, finding, fleet, hear, live, lost, off, ready, told, watching } from "./fleet.ts";
import { forests, settled, shoot, type View, type ViewOptions } from "./harness.ts";

const bare = forests();

const agents = fleet(200);

function saysOf(all: readonly Audited[]): HostMessage[] {
  return [
    begin,
    ready,
    ...audit(all),
    watching(212),
    ...hear(all.map((it) => live(it.id))),
    { kind: "openAlerts", alerts: [alert("billing")] },
    told,
  ];
}

async function opened(t: TestContext, options: ViewOptions = {}, all = agents): Promise<View> {
  const view = await bare(t, options);
  await view.say(...saysOf(all));
  return view;
}

const head = ({ page }: View, name: string): Locator => page.locator(`.agent[aria-label="${name}"] .head`);
const greens = ({ page }: View): Locator => page.locator(".greens");
const button = ({ page }: View, name: string | RegExp): Locator => page.getByRole("button", { name });
const focused = ({ page }: View): Promise<string> =>
  page.evaluate(() => document.activeElement?.closest(".agent")?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
const ofKind = <Kind extends ViewMessage["kind"]>({ asked }: View, kind: Kind) => asked.filter((it) => it.kind === kind);

async function exported(view: View, name: string): Promise<string> {
  await view.page.locator("summary").click();
  await shoot(view, "export");
  const before = ofKind(view, "export").length;
  await button(view, name).click();
  for (let turn = 0; turn < 100 && ofKind(view, "export").length === before; turn++) await view.page.waitForTimeout(50);
  const last = ofKind(view, "export").at(-1);
  return last?.kind === "export" ? last.content : "";
}

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

describe("when what has the focus goes", () => {
  const few = fleet(30, { critical: 0, warnings: 3 });
  const closed: HostMessage = { kind: "alert", alert: alert("writer", { status: "closed", closed: "over" }) };
  const burnt = async (t: TestContext): Promise<View> => {
    const view = await opened(t, {}, few);
    await view.say({ kind: "alert", alert: alert("writer") });
    return view;
  };
  /** Whose row has the focus, not a button of its card. */
  const focusedHead = ({ page }: View) => page.evaluate(() => document.querySelector(".head:focus .name")?.textContent);
  const card = ({ page }: View) => page.locator('.agent[aria-label="writer"]');

  test("into the line of green agents, the row that stands in its place has it, and arrows go on from there", async (t) => {
    const view = await burnt(t);
    await head(view, "writer").focus();
    await view.say(closed);
    assert.equal(await focusedHead(view), "planner");
    await view.page.keyboard.press("ArrowDown");
    assert.equal(await focusedHead(view), "triage");
  });

  test("and it was the last row, the line of green agents that took it has it", async (t) => {
    const view = await opened(t, {}, fleet(30, { critical: 0, warnings: 0 }));
    await view.say({ kind: "openAlerts", alerts: [alert("writer", { sure: 0.5 })] });
    await head(view, "writer").focus();
    await view.say(closed);
    assert.equal(await focusedHead(view), "30 green agents");
  });

  test("with a button of its card, too", async (t) => {
    const view = await burnt(t);
    await card(view)
      .getByRole("button", { name: /^Open in Editor/ })
      .focus();
    await view.say(closed);
    assert.equal(await focusedHead(view), "planner");
  });

  test("with a fix that is applied, the agent's own row has it", async (t) => {
    const view = await opened(t, {}, fleet(30, { critical: 1 }));
    const [first] = fleet(30, { critical: 1 });
    assert(first);
    await button(view, /^Apply Suggestion/).focus();
    await view.say({ kind: "audit", agents: [{ ...first, findings: first.findings.slice(0, 1) }], gone: [] });
    assert.equal(await focusedHead(view), "billing");
  });

  test("while it is asked about, it has it after the dialog closes", async (t) => {
    const view = await burnt(t);
    await card(view)
      .getByRole("button", { name: /^Mothball/ })
      .click();
    await view.say(closed);
    await view.page.keyboard.press("Escape");
    await view.page.locator(".head:focus").waitFor();
    assert.equal(await focusedHead(view), "planner");
  });
});

/** Of what has the focus. */
const label = ({ page }: View) =>
  page.evaluate(() => document.activeElement?.closest("label")?.textContent ?? document.activeElement?.textContent);
const search = "Search agents, findings and alerts";

describe("a button that goes once it is pressed hands the focus on", () => {
  const press = async (view: View, name: string | RegExp) => {
    await button(view, name).first().focus();
    await view.page.keyboard.press("Enter");
    await settled(view.page);
  };

  test("Dismiss, of an answer and of a critical agent, to the search field", async (t) => {
    const view = await opened(t);
    await view.say({ kind: "said", text: "Copied.", isProblem: false });
    await press(view, "Dismiss");
    assert.equal(await label(view), search);
    await view.say({ kind: "alert", alert: alert("agent-00150") });
    await press(view, "Dismiss");
    assert.equal(await label(view), search);
  });

  test("Clear Filters, of the toolbar and of an empty list, to the search field", async (t) => {
    const view = await opened(t);
    for (const text of ["billing", "nothing like this"]) {
      await view.page.getByLabel("Search agents").fill(text);
      await settled(view.page);
      await button(view, "Clear Filters").last().focus();
      await view.page.keyboard.press("Enter");
      await settled(view.page);
      assert.equal(await label(view), search);
    }
  });

  test("a list that becomes empty, too", async (t) => {
    const view = await opened(t, {}, fleet(30, { critical: 0, warnings: 2 }));
    await button(view, /critical$/).click();
    await head(view, "billing").focus();
    await view.say({ kind: "alert", alert: alert("billing", { status: "closed", closed: "over" }) });
    assert.equal(await label(view), search);
  });

  test("Go On to Pause View", async (t) => {
    const view = await opened(t);
    await button(view, "Pause View").click();
    await settled(view.page);
    await press(view, "Go On");
    assert.equal(await label(view), "Pause View");
  });

  test("the last Show More to the first finding that it shows", async (t) => {
    const findings = Array.from({ length: 25 }, (_, at) => finding({ severity: "error", start: { line: at + 1, column: 1 } }));
    const view = await opened(t, {}, [agent("big", { findings })]);
    await press(view, "Show 10 More");
    assert.equal(await label(view), "Show 5 More");
    await view.page.keyboard.press("Enter");
    await settled(view.page);
    assert.match((await label(view)) ?? "", /^error: .*main\.py:21 /);
  });

  test("Show to the agent, also where filters had left nobody, and is done then", async (t) => {
    const view = await opened(t);
    const narrow = (text: string) => view.page.getByLabel("Search agents").fill(text);
    await narrow("nothing like this");
    await view.say({ kind: "alert", alert: alert("agent-00150") });
    await press(view, "Show");
    await head(view, "agent-00150").and(view.page.locator(":focus")).waitFor();
    await narrow("nothing like this");
    await settled(view.page);
    await narrow("");
    await settled(view.page);
    assert.equal(await label(view), search);
  });
});

describe("what has the focus and goes by itself hands it on", () => {
  const error: HostMessage = { kind: "server", state: "error", message: "it could not be started" };
  const startsLive: HostMessage = { kind: "watching", starts: true, watching: { kind: "off" } };
  const critical: HostMessage = { kind: "alert", alert: alert("agent-00150") };
  const over: HostMessage = { kind: "alert", alert: alert("agent-00150", { status: "closed", closed: "over" }) };

  for (const [name, before, after] of [
    ["Restart Server", error, { kind: "server", state: "starting", message: "" }],
    ["Restart Server", error, ready],
    ["Start Live Wire", off, startsLive],
    ["Start Live Wire", lost, startsLive],
    ["Start Live Wire", lost, watching(5)],
    ["Show Log", lost, watching(5)],
    ["Show", critical, over],
    ["Dismiss", critical, over],
  ] satisfies [string, HostMessage, HostMessage][])
    test(`${name}, once ${JSON.stringify(after).slice(0, 60)}…, to the row that is current`, async (t) => {
      const view = await opened(t);
      await head(view, "planner").focus();
      await view.say(before);
      await button(view, name).focus();
      await view.say(after);
      assert.equal(await view.page.evaluate(() => document.querySelector(".head:focus .name")?.textContent), "planner");
    });

  test("Start Live Wire to the search field, where filters leave nobody", async (t) => {
    const view = await opened(t);
    await view.say(off);
    await view.page.getByLabel("Search agents").fill("nothing like this");
    await button(view, "Start Live Wire").focus();
    await view.say(startsLive);
    assert.equal(await label(view), search);
  });

  test("Audit Again to what is said in its place, from there to the button again, and to the search of the agents that are found", async (t) => {
    const view = await bare(t);
    await view.say(begin, ready, off, told);
    await button(view, "Audit Again").focus();
    const auditing: HostMessage = { kind: "server", state: "auditing", message: "" };
    for (const [says, has] of [
      [[auditing], "Looking for agents…"],
      [[ready], "Audit Again"],
      [[auditing], "Looking for agents…"],
      [[...audit(agents), ready], search],
    ] satisfies [HostMessage[], string][]) {
      await view.say(...says);
      assert.equal(await label(view), has);
    }
  });

  test("who is elsewhere then is left there, and has it once back", async (t) => {
    const view = await opened(t);
    await view.say(off);
    await button(view, "Start Live Wire").focus();
    await isThere(view, false);
    await view.say(startsLive);
    await view.say(watching(5));
    assert.equal(await hasNobody(view), true);
    await isThere(view, true);
    await view.say(watching(6));
    assert.equal(await focused(view), "billing");
  });

  test("who is elsewhere is left there by a row that goes, too", async (t) => {
    const view = await opened(t);
    await head(view, "triage").focus();
    await isThere(view, false);
    await view.say({ kind: "audit", agents: [], gone: agents.slice(1, 2).map(({ key }) => key) });
    assert.equal(await hasNobody(view), true);
    await isThere(view, true);
    await view.say(watching(6));
    assert.equal(await focused(view), "concierge");
  });

  const isThere = ({ page }: View, it: boolean) =>
    page.evaluate((here) => Object.assign(document, { hasFocus: () => here }) && undefined, it);
  const hasNobody = ({ page }: View) => page.evaluate(() => document.activeElement === document.body);
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

describe("what is asked for", () => {
  test("findings, fixes, rules, the editor and Markdown", async (t) => {
    const view = await opened(t);
    const card = view.page.locator('.agent[aria-label="billing"]');
    const place = { key: agents[0]?.key, rule: "missing-surface-id", file: "agents/billing/main.py", line: 7, column: 5 };
    await card.getByRole("button", { name: "Go to main.py:7" }).click();
    await card.getByRole("button", { name: /^Apply Suggestion at main.py:12/ }).click();
    await card.getByRole("button", { name: "Explain uncapped-client" }).click();
    await card.getByRole("button", { name: /^Open in Editor/ }).click();
    await card.getByRole("button", { name: /^Copy as Markdown/ }).click();
    assert.deepEqual(ofKind(view, "openFinding"), [{ kind: "openFinding", place }]);
    assert.deepEqual(ofKind(view, "applyFix"), [{ kind: "applyFix", place: { ...place, rule: "uncapped-client", line: 12, column: 10 } }]);
    assert.deepEqual(ofKind(view, "explainRule"), [{ kind: "explainRule", rule: "uncapped-client" }]);
    assert.deepEqual(ofKind(view, "openAgent"), [{ kind: "openAgent", key: agents[0]?.key }]);
    const [copy] = ofKind(view, "copy");
    assert.match(
      copy?.kind === "copy" ? copy.text : "",
      /^## billing: critical\n\n- critical: billing has spent[\s\S]*\| Alert \| Seen \|[\s\S]*\| Finding \| Where \|/,
    );
  });

  test("the same answer, given again, is read out again, and once", async (t) => {
    const view = await opened(t);
    const fresh = await view.page.getByRole("status").evaluateHandle(noteNew);
    const read = () => fresh.evaluate((all) => all.splice(0).map((it) => it.textContent));
    const copied: HostMessage = { kind: "said", text: "Copied.", isProblem: false };
    for (let turn = 0; turn < 2; turn++) {
      await view.say(copied);
      await view.say(ready);
      assert.deepEqual(await read(), ["Copied."], `turn ${turn}`);
    }
    await button(view, "Dismiss").click();
    await view.say(ready);
    assert.deepEqual(await read(), []);
    await view.say(copied);
    assert.deepEqual(await read(), ["Copied."]);
  });

  test("data and picture of what is shown", async (t) => {
    const view = await opened(t);
    await view.say({ kind: "live", reset: false, gone: [], agents: [live("=cmd|x!A1 <b>")] });
    const json = JSON.parse(await exported(view, "Data as JSON"));
    assert.equal(json.agents.length, 201);
    const csv = (await exported(view, "Data as CSV")).trimEnd().split("\n");
    assert.equal(csv.length, 202);
    assert(csv.some((it) => it.startsWith("'=cmd|x!A1 <b>,")));
    assert.match(await exported(view, "Picture as SVG"), /^<svg [\s\S]*▲ billing · critical[\s\S]*<\/svg>\n$/);
    const png = Buffer.from(await exported(view, "Picture as PNG"), "base64");
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from("PNG")]);
  });
});

test("of data that are too large for a file a person is told what to do", async (t) => {
  const view = await opened(t);
  const [message] = audit([agent("large", { findings: [finding({ severity: "info", message: "MESSAGE" })] })]);
  await view.page.evaluate((it) => window.postMessage(it.replace("MESSAGE", "x".repeat(64 * 1024 * 1024)), "*"), JSON.stringify(message));
  await view.page.getByText("201").first().waitFor();
  await view.page.locator("summary").click();
  await button(view, "Data as JSON").click();
  await view.page.getByText("Nothing was exported: it is too large for one file. Filter what is shown, and export that.").first().waitFor();
  assert.deepEqual(ofKind(view, "export"), []);
  await button(view, /critical$/).click();
  await settled(view.page);
  assert.equal(JSON.parse(await exported(view, "Data as JSON")).agents.length, 3);
});

test("what Export opens closes with a click elsewhere, and not with one in it", async (t) => {
  const view = await opened(t);
  const menu = view.page.locator("details.menu");
  await view.page.locator("summary").click();
  await view.page.locator(".choices").click({ position: { x: 1, y: 1 } });
  assert.equal(await menu.getAttribute("open"), "");
  await view.page.locator(".facts").first().click();
  assert.equal(await menu.getAttribute("open"), null);
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

describe("a picture", () => {
  /** What each of its lines says and where it ends, pixels; that it is well-formed. Runs in the page. */
  function linesOf(svg: string): { text: string; right: number }[] {
    const picture = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    document.body.append(picture);
    return [...picture.querySelectorAll("text")].map((it) => ({ text: it.textContent ?? "", right: it.getBBox().x + it.getBBox().width }));
  }
  const drawn = async (view: View) => view.page.evaluate(linesOf, await exported(view, "Picture as SVG"));

  test("is well-formed, whatever an agent is called", async (t) => {
    const view = await opened(t, {}, [agent("bad\uffff name", { findings: [finding()] })]);
    assert.match((await drawn(view)).map(({ text }) => text).join("\n"), /◆ bad\ufffd name · warning/);
  });

  test("counts those for whom it has no room", async (t) => {
    for (const [count, left] of [
      [201, "… and 1 more agent that is not green"],
      [202, "… and 2 more agents that are not green"],
    ] as const) {
      const view = await opened(t, {}, fleet(count, { critical: 0, warnings: count }));
      assert((await drawn(view)).some(({ text }) => text === left));
    }
  });

  test("of what filters leave says so", async (t) => {
    const view = await opened(t);
    assert.doesNotMatch((await drawn(view)).map(({ text }) => text).join("\n"), / of 200 agents/);
    await view.page.getByLabel("Search agents").fill("uncapped  Client");
    await button(view, /warning$/).click();
    await view.page.getByLabel("Language").selectOption("python");
    await settled(view.page);
    const lines = (await drawn(view)).map(({ text }) => text);
    assert.equal(lines[3], "2 of 200 agents: search “uncapped  Client” · warning · Python");
  });

  for (const name of ["a-long-name-".repeat(10), "W".repeat(120), "漢".repeat(120)])
    test(`leaves the figures of ${name.slice(0, 6)}… in it`, async (t) => {
      const view = await opened(t, {}, [agent(name, { findings: [finding()] })]);
      const line = (await drawn(view)).find(({ text }) => text.startsWith("◆"));
      assert.match(line?.text ?? "", /^◆ .+… · warning · \$1\.27\/h · 18\.3K tokens\/min · p95 1\.83 s · 2\.4% errors$/);
      assert((line?.right ?? 0) > 900 && (line?.right ?? 0) <= 980, `it ends at ${line?.right}`);
    });
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

/** What is new in a live region from now on, which is what a screen reader reads out. Runs in the page. */
function noteNew(region: Element): Node[] {
  const all: Node[] = [];
  const note = ({ type, target, addedNodes }: MutationRecord) => all.push(...(type === "characterData" ? [target] : addedNodes));
  new MutationObserver((records) => records.forEach(note)).observe(region, { childList: true, subtree: true, characterData: true });
  return all;
}
