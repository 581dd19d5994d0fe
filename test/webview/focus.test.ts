/** Where the focus goes when what has it goes. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { agent, alert, audit, begin, finding, fleet, lost, off, ready, told, watching } from "./fleet.ts";
import { settled, type View } from "./harness.ts";
import { agents, bare, button, focused, head, opened } from "./opened.ts";

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
