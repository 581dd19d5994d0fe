/** Which agents a workspace has, from listings in memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { agentFinder, discoverAgents, isManifest } from "../../server/engine/discovery/discovery.ts";
import { readSignals } from "../../server/engine/discovery/signals.ts";
import { languageOf } from "../../server/engine/source.ts";
import { parseManifest } from "../../server/host/manifests.ts";

/** Files by path: a manifest's text, or a source file's. */
type Workspace = Readonly<Record<string, string>>;

function discover(workspace: Workspace, order: (paths: string[]) => string[] = (it) => it) {
  const paths = order(Object.keys(workspace));
  const files = paths.flatMap((path) => {
    const language = languageOf(path);
    const signals = language && readSignals(workspace[path] ?? "", path, language);
    return language ? [{ path, language, ...(signals ? { signals } : {}) }] : [];
  });
  const manifests = paths.filter(isManifest).map((path) => parseManifest(path, workspace[path] ?? ""));
  return discoverAgents({ rootName: "workspace", files, manifests, ownersOf: (folder) => (folder === "triage" ? ["@claims"] : []) });
}

const callsModel = 'from openai import OpenAI\n\nif __name__ == "__main__":\n    OpenAI()\n';
const callsModelInTypeScript = 'import OpenAI from "openai";\n\nnew OpenAI();\n';
const callsModelInGo = 'package main\n\nimport (\n\t"google.golang.org/genai"\n)\n\nfunc main() {\n\tgenai.NewClient(nil, nil)\n}\n';

const summary = (workspace: Workspace) => discover(workspace).map(({ id, root, language }) => `${id} ${root} ${language}`);

test("an agent of each language: name, frameworks in use, entry points, manifest", () => {
  const agents = discover({
    "triage/pyproject.toml": '[project]\nname = "claims-triage"\n\n[project.scripts]\ntriage = "triage.app:main"\n',
    "triage/triage/app.py": "import anthropic\nfrom langgraph.graph import StateGraph\n",
    "triage/main.py": callsModel,
    "triage/tests/test_app.py": "from crewai import Crew\nif __name__ == '__main__': pass\n",
    "extract/package.json":
      '{ "name": "@acme/extract", "bin": { "extract": "./src/cli.ts" }, "scripts": { "start": "node src/server.ts" } }',
    "extract/src/cli.ts": callsModelInTypeScript,
    "extract/src/server.ts": 'import type { Anthropic } from "@anthropic-ai/sdk";\n',
    "search/go.mod": "module example.com/fleet/search/v2\n",
    "search/cmd/search/main.go": callsModelInGo,
  });
  assert.deepEqual(agents, [
    {
      id: "@acme/extract",
      root: "extract",
      language: "typescript",
      frameworks: ["OpenAI"],
      entryPoints: ["src/cli.ts", "src/server.ts"],
      owners: [],
      manifest: "package.json",
    },
    {
      id: "search",
      root: "search",
      language: "go",
      frameworks: ["Google GenAI"],
      entryPoints: ["cmd/search/main.go"],
      owners: [],
      manifest: "go.mod",
    },
    {
      id: "claims-triage",
      root: "triage",
      language: "python",
      frameworks: ["Anthropic", "CrewAI", "LangGraph", "OpenAI"],
      entryPoints: ["triage/app.py", "main.py"],
      owners: ["@claims"],
      manifest: "pyproject.toml",
    },
  ]);
});

test("a manifest without an agent is none, nor is one that only names a model's package", () => {
  assert.deepEqual(
    summary({ "lib/pyproject.toml": '[project]\nname = "lib"\ndependencies = ["openai"]\n', "lib/lib.py": "import os\n" }),
    [],
  );
  assert.deepEqual(summary({ "web/package.json": "{}", "web/types.ts": 'import type OpenAI from "openai";\n' }), []);
  assert.deepEqual(summary({ "lib/pyproject.toml": "", "lib/tests/test_it.py": callsModel }), []);
});

test("an agent without a manifest lives in the folder that holds its program", () => {
  assert.deepEqual(summary({ "agents/a/main.py": callsModel, "agents/b/src/index.ts": callsModelInTypeScript }), [
    "a agents/a python",
    "b agents/b typescript",
  ]);
  assert.deepEqual(summary({ "bot/pkg/__init__.py": "", "bot/pkg/llm/__init__.py": "", "bot/pkg/llm/client.py": callsModel }), [
    "bot bot python",
  ]);
  assert.deepEqual(summary({ "bot/main.py": callsModel, "bot/tools/search.py": callsModel }), ["bot bot python"]);
  assert.deepEqual(summary({ "main.py": callsModel }), ["workspace . python"]);
});

test("nested agents each own their files; the root of a monorepo owns what no member does", () => {
  const workspace = {
    "package.json": '{ "name": "monorepo", "workspaces": ["agents/*"] }',
    "agents/outer/requirements.txt": "",
    "agents/outer/main.py": callsModel,
    "agents/outer/inner/go.mod": "module inner\n",
    "agents/outer/inner/main.go": callsModelInGo,
  };
  assert.deepEqual(summary(workspace), ["outer agents/outer python", "inner agents/outer/inner go"]);
  const agentAt = agentFinder(discover(workspace));
  assert.deepEqual(
    ["agents/outer/main.py", "agents/outer/inner/deep/x.go", "agents/outer/lib/y.py", "other.ts", "agents/outerspace/z.py"].map(
      (it) => agentAt(it)?.id,
    ),
    ["outer", "inner", "outer", undefined, undefined],
  );
});

test("several manifests: the code decides the language", () => {
  const manifests = { "a/package.json": "{}", "a/requirements.txt": "" };
  assert.deepEqual(summary({ ...manifests, "a/one.py": callsModel, "a/two.py": "", "a/tool.ts": "" }), ["a a python"]);
  assert.deepEqual(summary({ ...manifests, "a/one.py": callsModel, "a/two.tsx": "", "a/tool.ts": "" }), ["a a typescript"]);
  // A manifest for a tool alone does not make Python code JavaScript.
  assert.deepEqual(summary({ "a/package.json": "{}", "a/one.py": callsModel }), ["a a python"]);
  assert.deepEqual(summary({ "a/package.json": "{}", "a/one.js": callsModelInTypeScript, "a/x.py": "", "a/y.py": "" }), ["a a javascript"]);
});

test("agents of one name say where they are; nobody else's id changes", () => {
  const workspace = {
    "x/worker/requirements.txt": "",
    "x/worker/main.py": callsModel,
    "other/requirements.txt": "",
    "other/main.py": callsModel,
  };
  assert.deepEqual(summary(workspace), ["other other python", "worker x/worker python"]);
  assert.deepEqual(summary({ ...workspace, "y/worker/go.mod": "module worker\n", "y/worker/main.go": callsModelInGo }), [
    "other other python",
    "worker@x/worker x/worker python",
    "worker@y/worker y/worker go",
  ]);
});

test("a manifest that is broken or holds other types still marks its agent", () => {
  const code = { "a/main.py": callsModel };
  for (const text of ["[project", "[project]\nname = 3\n", "", "\0"])
    assert.deepEqual(summary({ ...code, "a/pyproject.toml": text }), ["a a python"], JSON.stringify(text));
  for (const text of ["{", "[]", '{ "name": ["x"], "bin": 3 }'])
    assert.deepEqual(summary({ "a/package.json": text, "a/index.ts": callsModelInTypeScript }), ["a a typescript"], text);
});

test("a thousand agents, in any order: every id unique, and the same", () => {
  const workspace = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      [`team-${i % 7}/agent-${i % 150}-${i % 11}/requirements.txt`, "openai\n"],
      [`team-${i % 7}/agent-${i % 150}-${i % 11}/main.py`, callsModel],
    ]).flat(),
  );
  const agents = discover(workspace);
  assert.equal(agents.length, 1000);
  assert.equal(new Set(agents.map((it) => it.id)).size, agents.length);
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const shuffled = (paths: string[]) =>
        paths
          .map((path): [number, string] => [numbers.next().value ?? 0, path])
          .sort(([a], [b]) => a - b)
          .map(([, path]) => path);
      assert.deepEqual(discover(workspace, shuffled), agents);
    }),
    { numRuns: 3, seed: 7 },
  );
});

test("imports in every form are seen, and what only looks like one is not", () => {
  const modules = (path: string, text: string) => {
    const language = languageOf(path);
    assert(language);
    return readSignals(text, path, language)?.modules ?? [];
  };
  assert.deepEqual(modules("a.py", "import os, openai as o\n"), ["OpenAI"]);
  assert.deepEqual(modules("a.py", "try: from google import genai\nexcept ImportError: pass\n"), ["Google GenAI"]);
  assert.deepEqual(modules("a.py", "def f():\n    from langchain_core.messages import (\n        AIMessage,\n    )\n"), ["LangChain"]);
  assert.deepEqual(modules("a.py", "import openaikit\nx = 'import openai'\n"), []);
  assert.deepEqual(modules("a.ts", 'const { Anthropic } = require("@anthropic-ai/sdk");\nawait import("ai");\n'), ["AI SDK", "Anthropic"]);
  assert.deepEqual(modules("a.tsx", 'import {\n  A2UIRenderer,\n} from "@a2ui/react/v0_8";\nexport * from "@langchain/langgraph/web";\n'), [
    "A2UI",
    "LangGraph",
  ]);
  assert.deepEqual(modules("a.ts", 'import x from "openai-edge";\nimport type OpenAI from "openai";\n'), []);
  assert.deepEqual(modules("a.go", 'package a\n\nimport o "github.com/openai/openai-go/v3"\n\nfunc f() {}\n'), ["OpenAI"]);
});
