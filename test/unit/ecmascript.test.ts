import assert from "node:assert/strict";
import { test } from "node:test";
import type { Facts } from "../../server/engine/facts.ts";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine({ rules: [] });
await engine.load("tsx");

/** What `read` makes of the facts of `text`. */
function facts<T>(text: string, read: (facts: Facts) => T): T {
  const document = engine.open({ path: "a.tsx", language: "tsx", text });
  try {
    return read(document.facts);
  } finally {
    document.close();
  }
}

const imports = (text: string) =>
  facts(text, (it) => it.imports.map(({ module, name, local, typeOnly }) => `${module} ${name} ${local}${typeOnly ? " type" : ""}`));

test("imports in all their forms", () => {
  assert.deepEqual(imports('import A, { B as C, type D, type as E, default as F } from "m";'), [
    "m default A",
    "m B C",
    "m D D type",
    "m type E",
    "m default F",
  ]);
  assert.deepEqual(imports('import type { A } from \'m\';\nimport type from "n";\nimport type B, { type C } from "o";'), [
    "m A A type",
    "n default type",
    "o default B type",
    "o C C type",
  ]);
  assert.deepEqual(imports('import * as A from "m";import"side";import{b as c}from"n";import d = require("o");'), [
    "m * A",
    "n b c",
    "o * d",
  ]);
  assert.deepEqual(imports('import {\n  A, // { B }\n  /* C, */ D,\n} from "m";'), ["m A A", "m D D"]);
  assert.deepEqual(imports('const { A, B: C } = require("m");\nconst D = require("n");\nrequire("o");'), ["m A A", "m B C", "n * D"]);
});

test("what is taken of a module that is required or awaited", () => {
  const takes = [
    ['const A = require("m").default;', "m default A"],
    ['const A = require("m").B', "m B A"],
    ['async () => { const { default: A, B } = await import("m"); };', "m default A", "m B B"],
    ["const m = await import('m')", "m * m"],
    ['const A = (await import("m")).default;', "m default A"],
  ];
  for (const [text = "", ...found] of takes) assert.deepEqual(imports(text), found);
  const others = [
    'const A = import("m");',
    'const A = await import("m").default;',
    'const A = require("m").b.c;',
    'const A = f(require("m"));',
    'const A = require("m").default();',
    'const { A } = require("m").default;',
    "const A = await import(m);",
    '// const A = await import("m")',
  ];
  for (const text of others) assert.deepEqual(imports(text), [], text);
});

test("imports of a half-typed file", () => {
  assert.deepEqual(imports('import { A } from "m";\nexport const App = () => <A b={ />;\nfunction ('), ["m A A"]);
});

test("the place of an import is the name's own", () => {
  const text = 'import Z, { A as B } from "m";';
  assert.deepEqual(
    facts(text, (it) => it.imports.map(({ start, end }) => text.slice(start, end))),
    ["Z", "A as B"],
  );
});

test("tags hold their own attributes, whatever their values hold", () => {
  const text = '<A a={<B b="1" {...c}><C.D<T> d /></B>} e={1 < 2 ? "x" : `y`} {...f} />';
  const tags = facts(text, (it) =>
    it.elements.map(({ tag, attributes, spreads, nameEnd }) => [
      tag,
      attributes.map((a) => a.name).join(),
      spreads.length,
      text.slice(0, nameEnd).slice(-3),
    ]),
  );
  assert.deepEqual(tags, [
    ["A", "a,e", 1, "<A"],
    ["B", "b", 1, "{<B"],
    ["C.D", "d", 0, "<T>"],
  ]);
});

test("values of attributes", () => {
  const literals = facts('<A a="x" b={\'y\'} c={`z`} d={`z\u0024{1}`} e f={1} g={"a" + "b"} />', (it) =>
    it.elements[0]?.attributes.map(({ name, literal, value }) => `${name}:${literal}:${value !== undefined}`),
  );
  assert.deepEqual(literals, [
    "a:x:true",
    "b:y:true",
    "c:z:true",
    "d:undefined:true",
    "e:undefined:false",
    "f:undefined:true",
    "g:undefined:true",
  ]);
});

test("comments among imported names, apostrophes and all", () => {
  assert.deepEqual(imports("import {\n  // don't take the default\n  OpenAI, /* it's old */ AzureOpenAI,\n} from \"openai\";"), [
    "openai OpenAI OpenAI",
    "openai AzureOpenAI AzureOpenAI",
  ]);
  assert.deepEqual(imports('const { /* the client */ OpenAI } = require("openai");'), ["openai OpenAI OpenAI"]);
  assert.deepEqual(imports('import x from "https://example.org/x.js"; // "x"'), ["https://example.org/x.js default x"]);
});

test("a construction without brackets is one", () => {
  for (const text of ["const c = new OpenAI;", "const c = new sdk.OpenAI\n"])
    assert.deepEqual(
      facts(text, (it) => it.calls(["OpenAI"]).map(({ callee, constructed }) => `${callee} ${constructed}`)),
      [`${text.includes("sdk") ? "sdk." : ""}OpenAI true`],
    );
});
