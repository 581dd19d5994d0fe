/** What a person takes out of the Forest or asks of VS Code: fixes, data, pictures. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { agent, audit, finding, fleet, live, ready } from "./fleet.ts";
import { settled, shoot, type View } from "./harness.ts";
import { agents, button, ofKind, opened } from "./opened.ts";

async function exported(view: View, name: string): Promise<string> {
  await view.page.locator("summary").click();
  await shoot(view, "export");
  const before = ofKind(view, "export").length;
  await button(view, name).click();
  for (let turn = 0; turn < 100 && ofKind(view, "export").length === before; turn++) await view.page.waitForTimeout(50);
  const last = ofKind(view, "export").at(-1);
  return last?.kind === "export" ? last.content : "";
}

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

/** What is new in a live region from now on, which is what a screen reader reads out. Runs in the page. */
function noteNew(region: Element): Node[] {
  const all: Node[] = [];
  const note = ({ type, target, addedNodes }: MutationRecord) => all.push(...(type === "characterData" ? [target] : addedNodes));
  new MutationObserver((records) => records.forEach(note)).observe(region, { childList: true, subtree: true, characterData: true });
  return all;
}
