/** The Forest as it is built, in plain Chromium: what it shows in each state, by mouse, by keyboard and to a screen reader. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { axeProblems } from "./axe.ts";
import { agent, alert, audit, begin, detail, finding, fleet, hear, live, lost, off, ready, told, watching } from "./fleet.ts";
import { forests, shoot, type View, type ViewOptions } from "./harness.ts";

const opened = forests();

const agents = fleet(200);
const heard = agents.slice(0, 150).map((it) => live(it.id));
const burning: HostMessage[] = [
  begin,
  ready,
  ...audit(agents),
  watching(212),
  ...hear(heard),
  { kind: "openAlerts", alerts: [alert("billing")] },
  told,
  ...["billing", "triage", "planner"].map((it): HostMessage => ({ kind: "detail", detail: detail(it) })),
];

const hostile = "<img src=x onerror=\"document.title='broken'\"> \u202Egnp.exe\u202C \u0007 $(flame) ](command:x) اسم الوكيل";

/** Everything that a person may find, and words by which it is known. */
const states: Record<string, { says: HostMessage[]; shows: RegExp; options?: ViewOptions }> = {
  starting: { says: [begin, { kind: "server", state: "starting", message: "" }], shows: /Looking for agents…/ },
  "no folder": {
    says: [{ ...begin, kind: "begin", hasFolder: false, isTrusted: true }, ready, off, told],
    shows: /Open the folder that holds your agents/,
  },
  "empty fleet": { says: [begin, ready, off, told], shows: /No agents found here[\s\S]*Audit Again/ },
  "one agent": { says: [begin, ready, ...audit([agent("desk", { findings: [finding()] })]), off, told], shows: /desk[\s\S]*never heard/ },
  "all green": {
    says: [begin, ready, ...audit(fleet(40, { critical: 0, warnings: 0 })), watching(3), ...hear(fleet(40).map((it) => live(it.id))), told],
    shows: /40 green agents/,
  },
  live: { says: burning, shows: /3\s+critical[\s\S]*212\/s[\s\S]*budget \(tokens\/hour\)[\s\S]*55.3K tokens an hour/ },
  "without Live Wire": { says: [begin, ready, ...audit(agents), off, told], shows: /Live Wire is off[\s\S]*Start Live Wire/ },
  "Live Wire starts": {
    says: [begin, ready, ...audit(agents), { kind: "watching", starts: true, watching: { kind: "off" } }, told],
    shows: /Live Wire is starting/,
  },
  stale: { says: [...burning, lost], shows: /Data age[\s\S]*Live Wire does not run[\s\S]*SIGKILL[\s\S]*stale/ },
  "server starts again": {
    says: [...burning, { kind: "server", state: "starting", message: "" }],
    shows: /3\s+critical[\s\S]*The cockpit's server is starting: findings are those of before\./,
  },
  "server lost": {
    says: [...burning, { kind: "server", state: "error", message: "it could not be started" }],
    shows: /The cockpit's server is not running[\s\S]*Restart Server/,
  },
  mothballed: {
    says: [
      ...burning,
      {
        kind: "mothballs",
        mothballed: { billing: { by: "ops", at: new Date(Date.now() - 60_000).toISOString(), reason: "runaway loop" } },
      },
    ],
    shows: /mothballed[\s\S]*Mothballed by ops, 1 min ago: runaway loop[\s\S]*Resume…/,
  },
  hostile: {
    says: [
      begin,
      ready,
      ...audit([
        agent(hostile, {
          findings: [
            finding({
              severity: "error",
              message: `${hostile} ${"long ".repeat(2000)}`,
              file: `src/${hostile}.py`,
              fix: { title: hostile, safety: "safe" },
            }),
          ],
          owners: [hostile],
          frameworks: [hostile],
        }),
        agent("x".repeat(5000), { findings: [finding()], notRun: [{ file: hostile, reason: "y".repeat(10_000) }] }),
      ]),
      watching(1),
      ...hear([live(hostile, { usdPerHour: null, p95Ms: null, callsPerMinute: 0, errorsPerMinute: 0 })]),
      { kind: "alert", alert: alert(hostile, { about: hostile, seen: Number.NaN, expected: Number.NaN }) },
      { kind: "mothballs", mothballed: { [hostile]: { by: hostile, at: "never", reason: "z".repeat(10_000) } } },
      told,
    ],
    shows: /mothballed/,
  },
};

describe("each state", () => {
  for (const [name, { says, shows, options }] of Object.entries(states))
    test(name, async (t) => {
      const view = await opened(t, options);
      await view.say(...says);
      assert.match(await view.page.locator("main").innerText(), shows);
      await shoot(view, name);
      assert.deepEqual(await axeProblems(view.page), []);
      assert.equal(await view.page.title(), "Forest");
      assert.equal(await view.page.locator("img").count(), 0);
      assert.equal(await overflow(view), 0);
    });
});

describe("each look", () => {
  for (const theme of ["dark", "light", "high-contrast", "high-contrast-light"] as const)
    for (const [size, width, height] of [
      ["wide", 1280, 800],
      ["middling", 900, 700],
      ["narrow", 300, 700],
      ["zoomed", 640, 400],
    ] as const)
      test(`${theme}, ${size}`, async (t) => {
        const view = await opened(t, { theme, width, height });
        await view.say(...burning);
        await view.page.waitForTimeout(50);
        await shoot(view, `${theme}-${size}`);
        assert.deepEqual(await axeProblems(view.page), []);
        assert.equal(await overflow(view), 0);
      });
});

/** Pixels that stick out to the side. */
const overflow = ({ page }: View) => page.locator("main").evaluate((it) => it.scrollWidth - it.clientWidth);
