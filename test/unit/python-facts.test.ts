/** What Python's facts say of imports and names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine();
await engine.load("python");

function factsOf<T>(text: string, read: (facts: ReturnType<typeof engine.open>["facts"]) => T): T {
  const document = engine.open({ path: "a.py", language: "python", text });
  try {
    return read(document.facts);
  } finally {
    document.close();
  }
}

test("every form of import, wherever it stands", () => {
  const text = `from __future__ import annotations
import os, google.genai as g, a.b
from ..x import (  # why
    y as z, w,
)
from q import *
if True: from openai import OpenAI
def f():
    import anthropic  # import this
text = "import nothing"
é = 1; import after
`;
  const imports = factsOf(text, (it) =>
    it.imports.map(({ module, name, local, start, end }) => [module, name, local, text.slice(start, end)]),
  );
  assert.deepEqual(imports, [
    ["os", "*", "os", "os"],
    ["google.genai", "*", "g", "google.genai as g"],
    ["a.b", "*", "a", "a.b"],
    ["..x", "y", "z", "y as z"],
    ["..x", "w", "w", "w"],
    ["q", "*", "*", "*"],
    ["openai", "OpenAI", "OpenAI", "OpenAI"],
    ["anthropic", "*", "anthropic", "anthropic"],
    ["after", "*", "after", "after"],
  ]);
});

test("a name means its import unless a nearer binding takes it", () => {
  const text = `from openai import OpenAI
import google.genai
def f(OpenAI): OpenAI()
def g(): OpenAI()
x = google.genai.Client()
`;
  const at = (word: string, from = 0) => text.indexOf(word, from);
  const resolved = factsOf(text, (it) => [
    it.resolve("OpenAI", at("OpenAI()")),
    it.resolve("OpenAI", at("OpenAI()", at("def g"))),
    it.resolve("google.genai.Client", at("google.genai.Client")),
    it.resolve("unknown", 0),
  ]);
  assert.deepEqual(resolved, [undefined, { module: "openai", name: "OpenAI" }, { module: "google.genai", name: "Client" }, undefined]);
});

const resolvedAt = (text: string, dotted: string, from = 0) =>
  factsOf(text, (facts) => {
    const found = facts.resolve(dotted, text.indexOf(dotted, from));
    return found && `${found.module} ${found.name}`;
  });

test("of several imports of a name the one counts that is in force", () => {
  assert.equal(
    resolvedAt("import google.auth\nimport google.genai\n\ngoogle.genai.Client()\n", "google.genai.Client"),
    "google.genai Client",
  );
  assert.equal(resolvedAt("import openai.types\nimport openai\n\nopenai.OpenAI()\n", "openai.OpenAI"), "openai OpenAI");
  assert.equal(resolvedAt("import openai.types\n\nopenai.OpenAI()\n", "openai.OpenAI"), "openai OpenAI");
  const two = "def f():\n    from a import OpenAI\n    return OpenAI\n\ndef g():\n    from b import OpenAI\n    return OpenAI\n";
  assert.equal(resolvedAt(two, "OpenAI", two.indexOf("return")), "a OpenAI");
  assert.equal(resolvedAt(two, "OpenAI", two.lastIndexOf("return")), "b OpenAI");
});
