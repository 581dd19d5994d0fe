/** The sample fleet really runs: each agent against the stand-in, the page in a browser, and, once fixed, with spans that arrive at an OTLP endpoint. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../extension/window.ts";
import { cockpit, openReceiver, type Receiver, told } from "../wrap/world.ts";
import { commands, type Fleet, openFleet, served } from "./fleet.ts";

let fleet: Fleet;
let receiver: Receiver;
before(async () => {
  [fleet, receiver] = await Promise.all([openFleet(), openReceiver()]);
  await fleet.install();
});
after(async () => {
  receiver.close();
  await fleet.close();
});

const invoice = JSON.stringify({ number: "2026-117", date: "2026-11-02", currency: "EUR", total: 119 }, null, 2);

/** What each agent prints, by its folder. */
const said: Record<string, string> = {
  "travel-concierge": "Lisbon to Berlin costs 129 euros. Shall I book it?",
  "claims-triage": "urgent",
  "invoice-extractor": invoice,
  "support-router": "orders",
  "ledger-watch": "a1\tLaptops for a whole team may have been booked as one payment.",
  "catalog-search": "wool AND socks",
  "research-desk/agents/planner": "how otters sleep\notters holding hands",
  "research-desk/agents/searcher": "how otters sleep: Otters sleep on their backs and hold hands.",
  "research-desk/agents/writer": "Otters hold hands so that they do not drift apart.",
};

/** The spans of those that the fix wraps. */
const spans: Record<string, string[]> = {
  "travel-concierge": ["chat gpt-4.1-mini 90/18", "chat gpt-4.1-mini 120/14"],
  "invoice-extractor": ["chat claude-sonnet-4-5 64/31"],
  "ledger-watch": ["chat gpt-4.1-mini 40/14"],
  "research-desk/agents/writer": ["generate_content gemini-2.5-pro 47/12"],
};

test("the README says how to run every agent of the fleet", async () => {
  const { agents } = JSON.parse((await cockpit(fleet.folder, "discover", "--format", "json")).stdout);
  const roots: string[] = agents.map((it: { root: string }) => it.root);
  assert.deepEqual([...commands.keys(), ...served].sort(), roots.sort());
  assert.deepEqual([...commands.keys()].sort(), Object.keys(said).sort());
});

for (const [agent, expected] of Object.entries(said)) test(`${agent} runs`, async () => assert.equal(await fleet.ask(agent), expected));

test("the page draws the order once its surface and its message are named", async () => {
  const browser = await openBrowser();
  try {
    const order = await seeOrder(browser, "planted", (page) => page.getByText("Loading the order…"));
    assert.doesNotMatch(order, /Order 1001/);

    const fixed = await cockpit(fleet.folder, "fix", "--rule", "missing-surface-id", "--apply");
    assert.equal(fixed.code, 0, fixed.stderr);
    const drawn = await seeOrder(browser, "drawn", surface);
    assert.match(drawn, /Order 1001\s+A teapot and two mugs, on their way\.\s+undefined/);

    const messages = "surface-server/messages.py";
    const [{ start }] = JSON.parse((await cockpit(fleet.folder, "audit", "-t", messages, "--format", "json")).stdout).outside.findings;
    const at = `${start.line}:${start.column}`;
    const named = await cockpit(fleet.folder, "fix", "--rule", "missing-surface-id", "-t", messages, "--at", at, "--apply");
    assert.equal(named.code, 0, named.stderr);
    const whole = await seeOrder(browser, "whole", surface);
    assert.match(whole, /Order 1001\s+A teapot and two mugs, on their way\.\s+54\.90 EUR/);
  } finally {
    await browser.close();
  }
});

const surface = (page: Page) => page.locator('[data-surface-id="order-desk"]');

/** What the panel of orders says once it shows something. */
async function seeOrder(browser: Browser, name: string, awaited: (page: Page) => ReturnType<Page["locator"]>): Promise<string> {
  const shop = await fleet.openShop();
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
    const answered = page.waitForResponse(/\/orders\/1001$/);
    await page.goto(shop.url);
    await page.getByRole("button", { name: "Orders" }).click();
    await (await answered).finished();
    await awaited(page).waitFor();
    // What is missing must have had its time to come.
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(import.meta.dirname, `../../test-results/storefront-${name}.png`) });
    return await page.getByRole("region", { name: "Order" }).innerText();
  } finally {
    await shop.close();
  }
}

test("wrapped by the fix, every call arrives as a span", async () => {
  const fixed = await cockpit(fleet.folder, "fix", "--rule", "untracked-client", "--apply");
  assert.equal(fixed.code, 0, fixed.stderr);
  await fleet.install();
  endWithItsSpans(join(fleet.folder, "ledger-watch/cmd/ledger-watch/main.go"));
  for (const [agent, expected] of Object.entries(spans)) {
    assert.equal(await fleet.ask(agent, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }), said[agent]);
    const arrived = await receiver.spans(expected.length);
    assert.deepEqual(arrived.map(told), expected);
    for (const it of arrived) assert.equal(it.attributes["gen_ai.agent.id"], agent.split("/").at(-1));
  }
});

/** As the README says. */
function endWithItsSpans(file: string) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("func main() {\n", "func main() {\n\tdefer cockpit.Shutdown(context.Background())\n"));
}
