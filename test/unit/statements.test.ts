/** What is remembered of statements while a file is edited. That the findings stay those of a fresh parse is shown in incremental.test.ts. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Language, type Node, Parser } from "web-tree-sitter";
import { elementReader } from "../../server/engine/languages/ecmascript/elements.ts";
import { statementByStatement } from "../../server/engine/languages/ecmascript/statements.ts";

await Parser.init();
const grammars = dirname(createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm/package.json"));
const parser = new Parser().setLanguage(await Language.load(join(grammars, "wasm/tree-sitter-tsx.wasm")));

function rootOf(text: string): Node {
  const tree = parser.parse(text);
  assert(tree);
  return tree.rootNode;
}

/** A reader that says which statements it was asked to read. */
function readerOf() {
  const asked: string[] = [];
  const read = statementByStatement({
    ...elementReader,
    read(statement, text) {
      asked.push(text.slice(statement.startIndex, statement.endIndex));
      return elementReader.read(statement, text);
    },
  });
  return { read: (...at: Parameters<typeof read>) => ({ elements: read(...at).flat(), asked: asked.splice(0) }) };
}

const tags = (elements: readonly { tag: string; start: number }[]) => elements.map(({ tag, start }) => `${tag} ${start}`);

test("only the statement that changed is read again, and what was moved is moved", () => {
  const { read } = readerOf();
  const before = "const a = <p />;\nconst b = <i />;\nconst c = <b />;\n";
  assert.equal(read(rootOf(before), before, true).asked.length, 3);
  const after = before.replace("<i />", "<ins />");
  const now = read(rootOf(after), after, true);
  assert.deepEqual(now.asked, ["const b = <ins />;"]);
  assert.deepEqual(tags(now.elements), ["p 10", "ins 27", "b 46"]);
  assert.deepEqual(now.elements, readerOf().read(rootOf(after), after, true).elements);
});

test("what a tree leaves out is not remembered as not being there", () => {
  const { read } = readerOf();
  const text = "const a = f(<p />);\n";
  const blanked = text.replace("<p />", "     ");
  assert.deepEqual(read(rootOf(blanked), text, false).elements, []);
  assert.deepEqual(tags(read(rootOf(text), text, true).elements), ["p 12"]);
});

test("a broken statement is read each time", () => {
  const { read } = readerOf();
  const text = "const a = <p />;\nconst b = <i / >< ;\n";
  read(rootOf(text), text, true);
  assert(!read(rootOf(text), text, true).asked.includes("const a = <p />;"));
  assert.notDeepEqual(read(rootOf(text), text, true).asked, []);
});
