import assert from "node:assert/strict";
import { test } from "node:test";
import { passedOn, relativeImports, resolveModule } from "../../server/engine/modules.ts";
import { languageOf } from "../../server/engine/source.ts";
import { type FileSummary, link, maySummarize } from "../../server/engine/workspace.ts";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine();

/** What each file learns from the others: specifier → names, by path. */
async function linked(files: Record<string, string>) {
  const summaries = new Map<string, FileSummary>();
  for (const [path, text] of Object.entries(files)) {
    const language = languageOf(path);
    assert(language);
    if (maySummarize(text, language)) summaries.set(path, await engine.summarize({ path, language, text }));
  }
  return link(summaries);
}

const board = "export function Board({ surfaceId }: { surfaceId: string }) { return <i id={surfaceId} />; }\n";

test("only files that use a surface component are linked", async () => {
  const facts = await linked({
    "ui/board.tsx": board,
    "ui/index.ts": 'export * from "./board";\n',
    "app.tsx": 'import { Board } from "./ui";\nexport const App = () => <Board />;\n',
    "other.tsx": 'import { Thing } from "./thing";\nexport const Other = () => <Thing />;\n',
    "thing.tsx": "export const Thing = () => <b />;\n",
  });
  assert.deepEqual([...facts.keys()], ["app.tsx"]);
  assert.deepEqual(facts.get("app.tsx")?.surfaceComponents, new Map([["./ui", new Set(["Board"])]]));
});

test("modules that pass names on in a circle end", async () => {
  const facts = await linked({
    "a.tsx": `export * from "./b";\n${board}`,
    "b.ts": 'export * from "./a";\n',
    "app.tsx": 'import { Board } from "./b";\nexport const App = () => <Board />;\n',
  });
  assert.deepEqual(facts.get("app.tsx")?.surfaceComponents, new Map([["./b", new Set(["Board"])]]));
});

test("a star does not pass on a default export", async () => {
  const facts = await linked({
    "board.tsx": board.replace("export", "export default"),
    "index.ts": 'export * from "./board";\nexport { default as Stage } from "./board";\n',
    "app.tsx": 'import { Stage } from ".";\nexport const App = () => <Stage />;\n',
  });
  assert.deepEqual(facts.get("app.tsx")?.surfaceComponents, new Map([[".", new Set(["Stage"])]]));
});

test("files that may be offered ids know every id, and the second of two alike that it must differ", async () => {
  const app = 'import { A2UIRenderer } from "@a2ui/react";\nexport const App = () => <A2UIRenderer />;\n';
  const facts = await linked({ "app/main.tsx": app, "src/main.tsx": app, "agent.py": 'm = {"deleteSurface": {"surfaceId": "orders"}}\n' });
  assert.deepEqual(facts.get("app/main.tsx")?.surfaceIds, new Set(["orders"]));
  assert.deepEqual(facts.get("src/main.tsx")?.surfaceIds, new Set(["orders", "main"]));
});

test("nothing is linked where nothing is shared", async () => {
  const app = 'import { A2UIRenderer } from "@a2ui/react";\nexport const App = () => <A2UIRenderer />;\n';
  assert.equal((await linked({ "app.tsx": app })).size, 0);
});

test("specifiers are resolved as TypeScript resolves them", () => {
  const known = new Set(["a/b.tsx", "a/c/index.ts", "a/d.js", "index.tsx"]);
  const resolved = (specifier: string, path = "a/x.tsx") => resolveModule(path, specifier, known);
  assert.equal(resolved("./b"), "a/b.tsx");
  assert.equal(resolved("./b.js"), "a/b.tsx");
  assert.equal(resolved("./b.tsx"), "a/b.tsx");
  assert.equal(resolved("./c"), "a/c/index.ts");
  assert.equal(resolved("./d.js"), "a/d.js");
  assert.equal(resolved(".."), "index.tsx");
  assert.equal(resolved("../../a/b"), undefined);
  assert.equal(resolved("./e"), undefined);
});

test("names passed on are read from the text", () => {
  assert.deepEqual(passedOn('export { A as B, type T, C } from "./m";\nexport * as ns from "./n";\n'), [
    { from: "./m", name: "A", as: "B" },
    { from: "./m", name: "C", as: "C" },
    { from: "./n", name: "*", as: "ns" },
  ]);
  assert.deepEqual(passedOn('import D, { E as F } from "./m";\nexport { F };\nexport default D;\nexport { G };\n'), [
    { from: "./m", name: "E", as: "F" },
    { from: "./m", name: "default", as: "default" },
  ]);
  assert.deepEqual(relativeImports('import a from "./a";\nimport b from "b";\nconst c = require("../c");\n'), ["./a", "../c"]);
});

test("namespaces that hold one another in a circle are followed a few steps and no further", async () => {
  const self = { "log.ts": 'export * as Log from "./log";\nexport { A2UIRenderer } from "@a2ui/react";\n' };
  const pair = { "a.ts": 'export * as B from "./b";\n', "b.ts": 'export * from "./a";\nexport { A2UIRenderer } from "@a2ui/react";\n' };
  const app = (from: string) => ({ "app.tsx": `import * as all from "${from}";\nexport const App = () => <all.A2UIRenderer />;\n` });
  const names = async (files: Record<string, string>, from: string) =>
    [...((await linked({ ...files, ...app(from) })).get("app.tsx")?.surfaceComponents.get(from) ?? [])].sort();
  assert.deepEqual(await names(self, "./log"), ["A2UIRenderer", "Log.A2UIRenderer", "Log.Log.A2UIRenderer", "Log.Log.Log.A2UIRenderer"]);
  assert.deepEqual((await names(pair, "./a")).slice(0, 2), ["B.A2UIRenderer", "B.B.A2UIRenderer"]);
});

test("a long run of spaces after an import costs no time to speak of", () => {
  assert.deepEqual(passedOn(`export { a };\n// import${" ".repeat(20_000)}x`), []);
});

test("a union of thousands is no deeper than one of two", async () => {
  const union = Array.from({ length: 6000 }, (_, i) => `"a${i}"`).join(" | ");
  const panel = `export const Panel = (props: { surfaceId: string; icon: ${union} }) => null;\nexport type Icon = ${union};\n`;
  const files = { "panel.tsx": panel, "app.tsx": 'import { Panel } from "./panel";\nexport const App = () => <Panel />;\n' };
  assert.deepEqual([...((await linked(files)).get("app.tsx")?.surfaceComponents.get("./panel") ?? [])], ["Panel"]);
});
