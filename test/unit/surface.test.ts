import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConfig } from "../../server/engine/config.ts";
import { applyEdits, compatible, editsOf } from "../../server/engine/finding.ts";
import { languageOf } from "../../server/engine/source.ts";
import { aloneInTheWorld, type WorkspaceFacts } from "../../server/engine/workspace.ts";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine();

interface Given {
  path?: string;
  workspace?: Partial<WorkspaceFacts>;
}

async function analyze(text: string, { path = "src/app.tsx", workspace }: Given = {}) {
  const language = languageOf(path);
  assert(language);
  const facts: WorkspaceFacts = { ...aloneInTheWorld, ...workspace };
  return engine.analyze({ path, language, text }, { config: defaultConfig, only: new Set(["missing-surface-id"]), workspace: facts });
}

/** The text after every fix, suggestions too. */
async function fixed(text: string, given: Given = {}) {
  return applyEdits(text, editsOf(compatible(await analyze(text, given))));
}

const count = async (text: string, given: Given = {}) => (await analyze(text, given)).length;
const renderer = 'import { A2UIRenderer } from "@a2ui/react";\n';

test("a suggested id is not one that the file or the workspace has", async () => {
  const text = `${renderer}export const App = () => <><A2UIRenderer /><A2UIRenderer surfaceId="app-a2ui-renderer" /></>;\n`;
  assert.match(await fixed(text), /<A2UIRenderer surfaceId="app-a2ui-renderer-2" \/>/);
  const workspace = { surfaceIds: new Set(["app-a2ui-renderer-2"]) };
  assert.match(await fixed(text, { workspace }), /<A2UIRenderer surfaceId="app-a2ui-renderer-3" \/>/);
});

test("two findings are suggested two ids", async () => {
  const text = `${renderer}export const App = () => <><A2UIRenderer /><A2UIRenderer /></>;\n`;
  assert.match(await fixed(text), /surfaceId="app-a2ui-renderer" \/><A2UIRenderer surfaceId="app-a2ui-renderer-2"/);
});

test("a file whose stem another file has makes its ids differ", async () => {
  const text = `${renderer}export const App = () => <A2UIRenderer />;\n`;
  assert.match(await fixed(text, { workspace: { surfaceIds: new Set(["app"]) } }), /surfaceId="app-[0-9a-f]{8}-a2ui-renderer"/);
});

test("the id is what a person is asked to edit", async () => {
  const [finding] = await analyze(`${renderer}export const App = () => <A2UIRenderer />;\n`);
  const [edit] = finding?.fix?.edits ?? [];
  assert.equal(edit?.text.slice(edit.placeholder?.start, edit.placeholder?.end), "app-a2ui-renderer");
});

test("a components' file in the workspace counts by the names it exports", async () => {
  const text = 'import { Board, Other } from "./board";\nexport const App = () => <><Board /><Other /></>;\n';
  assert.equal(await count(text), 0);
  assert.equal(await count(text, { workspace: { surfaceComponents: new Map([["./board", new Set(["Board"])]]) } }), 1);
});

test("a type-only import, a let and a lazy component are not decided", async () => {
  for (const head of [
    'import type { A2UIRenderer as Drawn } from "@a2ui/react";',
    `${renderer}let Drawn = A2UIRenderer;\nDrawn = () => null;`,
    'import { lazy } from "react";\nconst Drawn = lazy(() => import("@a2ui/react").then((it) => ({ default: it.A2UIRenderer })));',
  ])
    assert.equal(await count(`${head}\nexport const App = () => <Drawn />;\n`), 0, head);
});

test("required names decide components through require", async () => {
  const app = "module.exports = () => <A2UIRenderer />;\n";
  assert.equal(await count(`const { A2UIRenderer } = require("@a2ui/react");\n${app}`, { path: "app.jsx" }), 1);
  assert.equal(await count(`const { A2UIRenderer } = require("./renderer");\n${app}`, { path: "app.jsx" }), 0);
});

test("unions require what each member requires", async () => {
  const app = (props: string) =>
    `type P = ${props};\nfunction Board(p: P) { return <i id={p.surfaceId} />; }\nexport const App = () => <Board />;\n`;
  assert.equal(await count(app("{ surfaceId: string; a: 1 } | { surfaceId: string; b: 1 }")), 1);
  assert.equal(await count(app("{ surfaceId: string } | { surface: string }")), 0);
});

test("types that name one another in a circle end", async () => {
  const text =
    "interface A extends B {}\ninterface B extends A { surfaceId?: string }\nfunction Board(p: A) { return <i />; }\nexport const App = () => <Board />;\n";
  assert.equal(await count(text), 0);
});

test("an id that may be absent is passed on with another for that case", async () => {
  const text = `${renderer}export const App = ({ surfaceId }: { surfaceId?: string }) => <A2UIRenderer />;\n`;
  assert.match(await fixed(text), /surfaceId=\{surfaceId \?\? "app-a2ui-renderer"\}/);
  assert.equal((await analyze(text))[0]?.fix?.safety, "suggestion");
});

test("an id that is bound below is not passed on", async () => {
  const text = `${renderer}export function App() {\n  const drawn = <A2UIRenderer />;\n  const surfaceId = "a";\n  return [drawn, surfaceId];\n}\n`;
  assert.match(await fixed(text), /<A2UIRenderer surfaceId="app-a2ui-renderer" \/>/);
});

test("quotes are those of the element", async () => {
  const text = `${renderer}export const App = () => <A2UIRenderer className='a' />;\n`;
  assert.match(await fixed(text), /<A2UIRenderer surfaceId='app-a2ui-renderer' className='a' \/>/);
});

test("messages need proof that they are A2UI's", async () => {
  for (const [expected, text] of [
    [1, '{ version: "v0.9", updateDataModel: { value: {} } }'],
    [0, "{ updateDataModel: { value: {} } }"],
    [0, "{ updateComponents: { components: [] } }"],
    [0, '{ version: "v0.9", deleteSurface: {}, reply: 1 }'],
    [0, '{ version: "v0.9", updateComponents: { components: [], ...rest } }'],
    [0, '{ type: "beginRendering", beginRendering: { root: "a" } }'],
    [0, "{ surfaceUpdate: { components: z.array(z.any()), type: 1 } }"],
    [1, '{ beginRendering: { root: "a", styles: {} } }'],
  ] as const)
    assert.equal(await count(`export const message = ${text};\n`, { path: "message.ts" }), expected, text);
  assert.equal(await count("type T = { beginRendering: { root: string } };\n", { path: "message.ts" }), 0);
});

test("a message that is completed later, or is in a test, is left alone", async () => {
  const message = 'message = {"beginRendering": {"root": "a"}}\n';
  assert.equal(await count(message, { path: "agent.py" }), 1);
  assert.equal(await count(`${message}message["beginRendering"]["surfaceId"] = "a"\n`, { path: "agent.py" }), 0);
  assert.equal(await count(message, { path: "tests/test_agent.py" }), 0);
});

test("a message takes the id of the one beside it", async () => {
  const text =
    'ORDER = "o"\nmessages = [{"beginRendering": {"surfaceId": ORDER, "root": "a"}}, {"deleteSurface": {}, "version": "v0.9"}]\n';
  assert.match(await fixed(text, { path: "agent.py" }), /\{"deleteSurface": \{ "surfaceId": ORDER \}/);
});

/** How sure the only fix is, and what it passes on. */
async function offered(text: string, path?: string) {
  const [finding] = await analyze(text, path === undefined ? {} : { path });
  return `${finding?.fix?.safety} ${finding?.fix?.title.replace(/".*"/, "…")}`;
}

const pythonMessage = '{"surfaceUpdate": {"components": []}}';

for (const [what, text, expected] of [
  ["a parameter", `def f(surface_id: str):\n    return ${pythonMessage}\n`, "safe Pass on surface_id"],
  ["one that may be None", `def f(surface_id: str | None):\n    return ${pythonMessage}\n`, "suggestion Pass on surface_id"],
  ["a default value, which sees no parameter", `def f(surface_id, m=${pythonMessage}):\n    pass\n`, "suggestion Pass on surface_id"],
  ["a variable that may not be set", `if a:\n    surface_id = b\nm = ${pythonMessage}\n`, "suggestion Pass on surface_id"],
  ["a field", `class A:\n    surface_id = "x"\n    def f(self):\n        return ${pythonMessage}\n`, "suggestion Name the surface …"],
  ["a function", `def surface_id(): ...\nm = ${pythonMessage}\n`, "suggestion Name the surface …"],
] as const)
  test(`a Python message beside ${what}`, async () => assert.equal(await offered(text, "a.py"), expected));

for (const [what, text, expected] of [
  ["a string", "(surfaceId: string)", "safe Pass on surfaceId"],
  ["what may be undefined", "({ surfaceId }: { surfaceId?: string })", "suggestion Pass on surfaceId"],
  ["a number", "(surfaceId: number)", "suggestion Name the surface …"],
] as const)
  test(`a TypeScript message beside ${what}`, async () =>
    assert.equal(await offered(`export const f = ${text} => ({ surfaceUpdate: { components: [] } });\n`, "a.ts"), expected));

for (const [value, safety] of [
  ['const surfaceId = "orders";', "safe"],
  ["const surfaceId = useId();", "safe"],
  ['const [surfaceId] = useState("orders");', "safe"],
  ["const [surfaceId] = useState<string>();", "suggestion"],
  ["const { surfaceId } = useParams();", "suggestion"],
  ['const surfaceId = localStorage.getItem("s");', "suggestion"],
  ["const surfaceId = process.env.SURFACE;", "suggestion"],
] as const)
  test(`${value} is passed on as a ${safety} fix`, async () =>
    assert.match(
      await offered(`${renderer}export function P() { ${value} return <A2UIRenderer />; }\n`),
      new RegExp(`^${safety} Pass on surfaceId`),
    ));

test("the props of a function inside of the component are not the component's", async () => {
  const component = (parameter: string) =>
    `${renderer}export const P = (props: { surfaceId: string; all: unknown[] }) => <>{props.all.map((${parameter}) => <A2UIRenderer />)}</>;\n`;
  assert.equal(await offered(component("it")), "safe Pass on props.surfaceId");
  assert.equal(await offered(component("props")), "suggestion Name the surface …");
});

test("comments in an empty message stay", async () => {
  const message = (inside: string) => `export const f = (surfaceId: string) => ({ version: "v0.9", deleteSurface: {${inside}} });\n`;
  assert.equal(await fixed(message(" /* all of it */ "), { path: "a.ts" }), message(" surfaceId /* all of it */ "));
  assert.equal(await fixed(message(" "), { path: "a.ts" }), message(" surfaceId "));
});

test("modules and names that every object has are nothing special", async () => {
  const text =
    'import Thing from "constructor";\nimport { hasOwnProperty as Other } from "toString";\nimport { useChat } from "@ai-sdk/react";\n';
  const findings = await engine.analyze(
    { path: "a.tsx", language: "tsx", text: `${renderer}${text}export const a = <><Thing /><Other /></>;\n` },
    { config: defaultConfig },
  );
  assert.deepEqual(findings, []);
});
