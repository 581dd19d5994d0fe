/** What the server tells of the fleet, put together by the client, is the fleet; and a change of one agent costs one agent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { fleetChanges } from "../../../server/lsp/fleet-changes.ts";
import { asKnown, foldFleet, whileAudited } from "../../../server/protocol/fold-fleet.ts";
import { type Fleet, type FleetAgent, type FleetNews, fleetNewsSchema } from "../../../server/protocol/lsp.ts";

const agent = (n: number, errors: number): FleetAgent => ({
  ...{ id: `agent-${n}`, root: `agents/agent-${n}`, language: "python", frameworks: [], owners: [], notRun: [] },
  health: errors > 0 ? "critical" : "green",
  findings: Array.from({ length: errors }, (_, i) => ({
    ...{ rule: "untracked-client", severity: "error" as const, message: "m", file: `agents/agent-${n}/a.py`, fix: null },
    start: { line: i + 1, column: 1 },
    end: { line: i + 1, column: 2 },
  })),
});

const byRoot = (a: FleetAgent, b: FleetAgent) => (a.root < b.root ? -1 : 1);
const agents = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 2 })), { selector: ([n]) => n })
  .map((all) => all.map(([n, errors]) => agent(n, errors)).sort(byRoot));
const folders = fc.tuple(fc.constantFrom("file:///a", "file:///b"), agents, fc.nat(1));
const fleets: fc.Arbitrary<Fleet> = fc
  .tuple(fc.boolean(), fc.uniqueArray(folders, { selector: ([uri]) => uri }))
  .map(([auditing, all]) => ({
    auditing,
    folders: all.map(([uri, agents, n]) => ({ uri, agents, outside: { findings: agent(9, n).findings, notRun: [] } })),
  }));

test("after any changes the client knows the fleet, and is told nothing where nothing changed", () => {
  fc.assert(
    fc.property(fc.array(fleets, { minLength: 1 }), (all) => {
      let [told, known]: (Fleet | undefined)[] = [undefined, undefined];
      for (const fleet of all) {
        const news: FleetNews[] = fleetChanges(told, fleet).map((it) => fleetNewsSchema.parse(JSON.parse(JSON.stringify(it))));
        assert.equal(
          news.findIndex((it) => !it.more),
          news.length - 1,
        );
        for (const it of news) known = foldFleet(known, it);
        told = fleet;
        assert.deepEqual(known, fleet);
        assert.deepEqual(fleetChanges(told, structuredClone(fleet)), []);
      }
    }),
  );
});

test("what a server tells that was started again is the fleet, and agents that are as they were are the same objects", () => {
  fc.assert(
    fc.property(fleets, fleets, (before, after) => {
      const newsOf = (it: Fleet) => fleetChanges(undefined, it).map((it) => fleetNewsSchema.parse(JSON.parse(JSON.stringify(it))));
      const known = newsOf(before).reduce<Fleet | undefined>(foldFleet, undefined);
      const told = newsOf(after).reduce<Fleet | undefined>((fleet, it) => foldFleet(fleet, asKnown(it, known)), undefined);
      assert.deepEqual(told, after);
      for (const { uri, agents } of told?.folders ?? [])
        for (const it of agents) {
          const was = known?.folders.find((folder) => folder.uri === uri)?.agents.find(({ id }) => id === it.id);
          assert.equal(it === was, isDeepStrictEqual(it, was));
        }
    }),
  );
});

test("of ten thousand agents: pieces that are small, then one agent where one has changed", () => {
  const first: Fleet = {
    auditing: false,
    folders: [
      { uri: "file:///a", agents: Array.from({ length: 10_000 }, (_, i) => agent(i, i % 3)), outside: { findings: [], notRun: [] } },
    ],
  };
  const pieces = fleetChanges(undefined, first);
  assert.ok(pieces.every((it) => JSON.stringify(it).length < 500_000));
  const before = pieces.reduce<Fleet | undefined>(foldFleet, undefined);
  const [folder] = first.folders;
  assert(folder && before);
  const second = { ...first, folders: [{ ...folder, agents: folder.agents.with(77, agent(77, 5)) }] };
  const news = fleetChanges(first, second);
  assert.deepEqual(
    news.map((it) => it.changes.map(({ agents }) => agents.map(({ id }) => id))),
    [[["agent-77"]]],
  );
  const after = news.reduce<Fleet>(foldFleet, before);
  const others = after.folders[0]?.agents.filter((it, i) => it !== before.folders[0]?.agents[i]);
  assert.deepEqual(
    others?.map((it) => it.id),
    ["agent-77"],
  );
});

test("until a server that was started again has audited a folder, that folder is as it was", () => {
  const folder = (uri: string, ...agents: FleetAgent[]) => ({ uri, agents, outside: { findings: [], notRun: [] } });
  const before: Fleet = {
    auditing: false,
    folders: [folder("file:///a", agent(1, 1)), folder("file:///b", agent(2, 1)), folder("file:///c")],
  };
  const [audited, isNew] = [folder("file:///b", agent(3, 0)), folder("file:///d")];
  const fleet = (auditing: boolean): Fleet => ({ auditing, folders: [folder("file:///a"), audited, isNew] });
  assert.deepEqual(whileAudited(fleet(true), before), { auditing: true, folders: [before.folders[0], audited, isNew] });
  assert.deepEqual(whileAudited(fleet(false), before), fleet(false));
  assert.deepEqual(whileAudited(fleet(true), undefined), fleet(true));
});
