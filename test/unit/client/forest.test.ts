/** What a Forest is told: only what changed, in pieces, and all that is known when it is opened later. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTelling, pieceSize } from "../../../client/forest/audited.ts";
import { createLiveMemory } from "../../../client/forest/live-memory.ts";
import { forestPage } from "../../../client/forest/page.ts";
import { watchingOf } from "../../../client/forest/watching.ts";
import type { Fleet, FleetAgent } from "../../../server/protocol/lsp.ts";
import { alert } from "../../webview/fleet.ts";

const agent = (id: string, change: Partial<FleetAgent> = {}): FleetAgent => ({
  id,
  root: id,
  language: "go",
  frameworks: [],
  owners: [],
  health: "green",
  findings: [],
  notRun: [],
  ...change,
});
const fleet = (...agents: FleetAgent[]): Fleet => ({
  auditing: false,
  folders: [{ uri: "file:///w", agents, outside: { findings: [], notRun: [] } }],
});

describe("agents of the audit", () => {
  const told = (telling: ReturnType<typeof createTelling>, now: Fleet) =>
    [...telling.pieces(now)].map(({ agents, gone }) => [agents.map(({ id }) => id), gone]);

  test("all at first, then those that changed, and who is gone", () => {
    const telling = createTelling();
    assert.deepEqual(told(telling, fleet(agent("a"), agent("b"))), [[["a", "b"], []]]);
    assert.deepEqual(told(telling, fleet(agent("a"), agent("b"))), []);
    assert.deepEqual(told(telling, fleet(agent("a"), agent("b", { owners: ["@x"] }))), [[["b"], []]]);
    assert.deepEqual(told(telling, fleet(agent("b", { owners: ["@x"] }))), [[[], ["file:///w a a"]]]);
  });

  test("the worst first, in all folders", () => {
    const folder = (uri: string, ...agents: FleetAgent[]) => ({ uri, agents, outside: { findings: [], notRun: [] } });
    const [critical, warning] = [{ health: "critical" }, { health: "warning" }] as const;
    const folders = [folder("file:///v", agent("a"), agent("b", warning)), folder("file:///w", agent("c", critical), agent("d"))];
    assert.deepEqual(told(createTelling(), { auditing: false, folders }), [[["c", "b", "a", "d"], []]]);
  });

  test("in pieces", () => {
    const many = Array.from({ length: pieceSize + 1 }, (_, at) => agent(`agent-${at}`));
    const sizes = [...createTelling().pieces(fleet(...many))].map(({ agents }) => agents.length);
    assert.deepEqual(sizes, [pieceSize, 1]);
  });
});

describe("what the watcher told", () => {
  const live = (agentId: string, heard: number) => ({
    agentId,
    heard,
    callsPerMinute: 1,
    errorsPerMinute: 0,
    tokensPerMinute: 1,
    usdPerHour: null,
    p95Ms: null,
  });
  const line = (reset: boolean, agents: ReturnType<typeof live>[], gone: string[] = []) =>
    ({ version: 1, kind: "agents", time: 1, reset, agents, gone }) as const;
  const known = (memory: ReturnType<typeof createLiveMemory>) =>
    [...memory.agents()].flatMap((it) => (it.kind === "live" ? it.agents.map(({ agentId, heard }) => [agentId, heard]) : []));

  test("is the latest of each agent, until another watcher begins", () => {
    const memory = createLiveMemory();
    memory.take(line(true, [live("a", 1), live("b", 1)]));
    memory.take(line(false, [live("a", 2)], ["b"]));
    assert.deepEqual(known(memory), [["a", 2]]);
    memory.take(line(true, [live("c", 3)]));
    assert.deepEqual(known(memory), [["c", 3]]);
  });

  test("is not of now once another one begins, until it tells of its agents", () => {
    const memory = createLiveMemory();
    memory.take(line(true, [live("a", 1)]));
    memory.take({ version: 1, kind: "listening", url: "", open: [] });
    const unknown = { callsPerMinute: 0, errorsPerMinute: 0, tokensPerMinute: null, usdPerHour: null, p95Ms: null };
    assert.deepEqual([...memory.agents()], [{ kind: "live", reset: true, agents: [{ agentId: "a", heard: 1, ...unknown }], gone: [] }]);
  });

  test("keeps what is open, also for a Forest that is shown when nobody listens", () => {
    const memory = createLiveMemory();
    memory.take({ version: 1, kind: "listening", url: "", open: [{ alert: alert("a"), text: "" }] });
    memory.take({ version: 1, kind: "alert", alert: alert("b"), text: "" });
    memory.take({ version: 1, kind: "alert", alert: alert("a", { status: "closed" }), text: "" });
    const open = memory.urgent().flatMap((it) => (it.kind === "openAlerts" ? it.alerts.map(({ agentId }) => agentId) : []));
    assert.deepEqual(open, ["b"]);
  });

  test("while nobody watches, the lake knows who is alarmed about, paused and was heard, and no watcher's later word is undone", () => {
    const memory = createLiveMemory();
    memory.take(line(true, [live("watched", 5000)]));
    const at = (heard: number) => new Date(heard).toISOString();
    const paused = { b: { by: "ada", at: at(1000), reason: "loops" } };
    const messages = memory.recall({
      version: 1,
      agents: [{ agentId: "now", lastHeard: at(7000) }],
      unheard: [
        { agentId: "before", lastHeard: at(1000) },
        { agentId: "watched", lastHeard: at(4000) },
        { agentId: "b", lastHeard: null },
      ],
      alerts: [alert("a")],
      mothballed: paused,
    });
    const unknown = { callsPerMinute: 0, errorsPerMinute: 0, tokensPerMinute: null, usdPerHour: null, p95Ms: null };
    const heard = [
      { agentId: "now", heard: 7000, ...unknown },
      { agentId: "before", heard: 1000, ...unknown },
    ];
    const [mothballs, openAlerts, ...rest] = messages;
    assert.deepEqual(mothballs, { kind: "mothballs", mothballed: paused });
    assert(openAlerts?.kind === "openAlerts");
    assert.deepEqual(
      openAlerts.alerts.map(({ agentId }) => agentId),
      ["a"],
    );
    assert.deepEqual(rest, [{ kind: "live", reset: false, agents: heard, gone: [] }]);
    assert.deepEqual(memory.urgent(), [mothballs, openAlerts]);
    assert.deepEqual(known(memory), [
      ["watched", 5000],
      ["now", 7000],
      ["before", 1000],
    ]);
  });

  test("who is recalled later is told in pieces too, and nobody twice", () => {
    const memory = createLiveMemory();
    const agents = Array.from({ length: pieceSize + 1 }, (_, i) => ({ agentId: `a${i}`, lastHeard: new Date(1).toISOString() }));
    const recall = () => memory.recall({ version: 1, agents, unheard: [], alerts: [], mothballed: {} });
    const sizes = () => recall().flatMap((it) => (it.kind === "live" ? it.agents.length : []));
    assert.deepEqual(sizes(), [pieceSize, 1]);
    assert.deepEqual(sizes(), []);
  });

  test("what comes in while all of it is told piece by piece is not undone", () => {
    const memory = createLiveMemory();
    const ids = Array.from({ length: 3 * pieceSize }, (_, i) => `a${i}`);
    memory.take(
      line(
        true,
        ids.map((id) => live(id, 1)),
      ),
    );
    const [last, gone] = [ids.at(-1) ?? "", ids.at(-2) ?? ""];
    const told: (string | number)[][] = [];
    for (const it of memory.agents()) {
      if (it.kind !== "live") continue;
      told.push(...it.agents.map(({ agentId, heard }) => [agentId, heard]));
      if (it.reset) memory.take(line(false, [live(last, 2)], [gone]));
    }
    assert.deepEqual(told.at(-1), [last, 2]);
    assert.equal(told.length, ids.length - 1);
  });

  test("a watcher that is started again is lost since it died; one that starts at first is not", () => {
    assert.deepEqual(watchingOf({ kind: "restarting", message: "it ended" }, 7).watching, { kind: "lost", since: 7, message: "it ended" });
    assert.deepEqual(watchingOf({ kind: "starting" }, 7), { kind: "watching", watching: { kind: "off" }, starts: true });
  });
});

test("the page lets in its own script and style sheet alone", () => {
  const page = forestPage({ script: "s.js", style: "s.css", source: "https://own", nonce: "abc" });
  assert.match(
    page,
    /default-src 'none'; script-src 'nonce-abc'; style-src https:\/\/own 'nonce-abc'; font-src https:\/\/own; img-src data:/,
  );
  assert.deepEqual(page.match(/<script[^>]*>/g), ['<script nonce="abc" src="s.js">']);
  assert.doesNotMatch(page, /unsafe|\*|<style|\son\w+=/);
});
