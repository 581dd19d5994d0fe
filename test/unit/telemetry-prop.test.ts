import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultConfig, type TelemetryPropsConfig } from "../../server/engine/config.ts";
import { applyEdits, type Finding } from "../../server/engine/finding.ts";
import { matchesName, matchesPath } from "../../server/engine/globs.ts";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine();
const only = new Set(["missing-telemetry-prop"]);

async function analyze(text: string, telemetryProps: Partial<TelemetryPropsConfig> = {}, path = "src/chat.tsx") {
  const config = { ...defaultConfig, telemetryProps: { ...defaultConfig.telemetryProps, ...telemetryProps } };
  return engine.analyze({ path, language: "tsx", text }, { config, only });
}

const head = 'import { useChat } from "@ai-sdk/react";\n';
const tags = async (jsx: string, config: Partial<TelemetryPropsConfig> = {}, path?: string) =>
  (await analyze(`${head}export const App = () => <>${jsx}</>;\n`, config, path)).map((it) => it.message.split(" ")[0]);

test("families of agent UI, and what is not one", async () => {
  const found = async (module: string) => (await analyze(`import { x } from "${module}";\nexport const App = () => <button />;\n`)).length;
  for (const module of [
    "@a2ui/react/v0_9",
    "@copilotkit/react-core/v2",
    "@copilotkit/react-ui",
    "@assistant-ui/react",
    "@ai-sdk/react",
    "ai/react",
  ])
    assert.equal(await found(module), 1, module);
  for (const module of ["ai", "@ai-sdk/openai", "@copilotkit/runtime", "@copilotkit/react-native", "./@ai-sdk/react", "react"])
    assert.equal(await found(module), 0, module);
});

test("what a person can act on", async () => {
  assert.deepEqual(await tags('<a/><a href="/"/><form/><form action="/"/><div/><div onKeyDown={go}/><option onClick={go}/><summary/>'), [
    "a",
    "form",
    "div",
    "option",
    "summary",
  ]);
  assert.deepEqual(
    await tags("<div onClick={undefined}/><div onClick={(e) => { e.preventDefault(); e.stopPropagation(); }}/><Panel onClick={go}/>"),
    [],
  );
});

test("attributes of an element inside an attribute are its own", async () => {
  assert.deepEqual(await tags('<button icon={<a href="/" data-track="x" />} />'), ["button"]);
  assert.deepEqual(await tags('<button icon={<a href="/" />} data-track="x" />'), ["a"]);
});

test("handlers that report by themselves", async () => {
  assert.deepEqual(
    await tags("<button onClick={() => { analytics.track('x'); go(); }} /><button onClick={() => gtag('event', 'x')} />"),
    [],
  );
  assert.deepEqual(await tags("<button onClick={() => soundtrack(1)} />"), ["button"]);
});

test("files and tags that are left alone", async () => {
  assert.deepEqual(await tags("<button />", { ignore: ["src/**"] }), []);
  assert.deepEqual(await tags("<button />", { allowedFor: ["but*"] }), []);
  assert.deepEqual(await tags("<button />", {}, "src/__tests__/chat.tsx"), []);
  assert.deepEqual(await tags("<button />", {}, "src/chat.stories.tsx"), []);
});

test("polymorphic components", async () => {
  assert.deepEqual(
    await tags('<Box component="button" /><Box as="button" /><Box component={Other} />', { polymorphicPropName: "component" }),
    ["Box"],
  );
});

test("type arguments stay with the tag", async () => {
  const text = `${head}export const App = () => <Select<string> onChange={go} />;\n`;
  const [finding] = await analyze(text, { components: { Select: "select" } });
  assert(finding?.fix);
  assert.match(applyEdits(text, finding.fix.edits), /<Select<string> data-telemetry-id="chat-go-select" onChange/);
});

test("patterns", () => {
  assert(
    matchesName(["data-m:*"], "data-m:click") &&
      matchesName(["a.b"], "a.b") &&
      !matchesName(["a.b"], "axb") &&
      !matchesName(["data-*"], "my-data-x"),
  );
  assert(
    matchesPath(["src/**/*.tsx"], "src/a/b.tsx") &&
      matchesPath(["src/**/*.tsx"], "src/b.tsx") &&
      !matchesPath(["src/*.tsx"], "src/a/b.tsx"),
  );
  assert(
    matchesPath(["legacy"], "src/legacy/b.tsx") &&
      matchesPath(["*.gen.tsx"], "src/b.gen.tsx") &&
      !matchesPath(["gen.tsx"], "src/b.gen.tsx"),
  );
});

const elements = fc.array(
  fc.constantFrom(
    "<button />",
    "<button onClick={send} />",
    "<button type='submit' />",
    '<a href="/" />',
    "<button data-telemetry-id='chat-button-2' />",
    "<textarea />",
  ),
  { minLength: 1, maxLength: 8 },
);

const idsOf = (text: string) => [...text.matchAll(/ data-telemetry-id=["']([^"']*)["']/g)].map(([, id]) => id);

test("an element gets the same id whichever others got theirs before", async () => {
  await fc.assert(
    fc.asyncProperty(elements, fc.infiniteStream(fc.boolean()), async (jsx, choose) => {
      const text = `${head}export const App = () => <>${jsx.join("")}</>;\n`;
      const all = applied(text, await analyze(text));
      const some = applied(
        text,
        (await analyze(text)).filter(() => choose.next().value),
      );
      const then = applied(some, await analyze(some));
      assert.equal(then, all);
      const added = idsOf(all).filter((it) => it !== "chat-button-2");
      assert.equal(new Set(added).size, added.length);
      assert.deepEqual(await analyze(all), []);
    }),
    { numRuns: 60 },
  );
});

const applied = (text: string, findings: readonly Finding[]) =>
  applyEdits(
    text,
    findings.flatMap(({ fix }) => fix?.edits ?? []),
  );
