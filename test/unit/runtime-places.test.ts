import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { runtimePlaces } from "../../server/host/runtime-places.ts";

const folders: string[] = [];
after(() => {
  for (const it of folders) rmSync(it, { recursive: true });
});

/** A folder with these files; the empty ones by name alone. */
function folderWith(files: Record<string, string> | string[]): string {
  const root = mkdtempSync(join(tmpdir(), "places-"));
  folders.push(root);
  for (const [path, text] of Array.isArray(files) ? files.map((it) => [it, ""] as const) : Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const cases: {
  about: string;
  files: Record<string, string> | string[];
  file: string;
  modules?: string[];
  place: [path: string, specifier: string];
}[] = [
  { about: "a script", files: [], file: "main.py", place: ["cockpit_runtime.py", "cockpit_runtime"] },
  {
    about: "a script that imports what lies above it",
    files: ["shared/store.py"],
    file: "jobs/nightly/run.py",
    modules: ["openai.OpenAI", "shared.store.open"],
    place: ["cockpit_runtime.py", "cockpit_runtime"],
  },
  {
    about: "a package that imports itself by name, in a src layout",
    files: ["src/app/__init__.py", "src/app/llm/__init__.py", "src/app/tools.py"],
    file: "src/app/llm/client.py",
    modules: ["app.tools.search"],
    place: ["src/app/cockpit_runtime.py", "app.cockpit_runtime"],
  },
  {
    about: "a package that imports itself relatively",
    files: ["app/__init__.py", "app/llm/__init__.py"],
    file: "app/llm/client.py",
    modules: ["..tools.search"],
    place: ["app/cockpit_runtime.py", "..cockpit_runtime"],
  },
  {
    about: "a package that imports nothing of its own",
    files: ["app/__init__.py"],
    file: "app/client.py",
    place: ["app/cockpit_runtime.py", "app.cockpit_runtime"],
  },
  {
    about: "a package whose files are run as scripts",
    files: ["app/__init__.py", "app/tools.py"],
    file: "app/client.py",
    modules: ["tools.search"],
    place: ["app/cockpit_runtime.py", "cockpit_runtime"],
  },
  {
    about: "a package that is imported from further up",
    files: ["src/app/__init__.py", "src/app/tools.py"],
    file: "src/app/client.py",
    modules: ["src.app.tools.search"],
    place: ["src/app/cockpit_runtime.py", "src.app.cockpit_runtime"],
  },
  {
    about: "a package without __init__.py that imports itself relatively",
    files: ["agents/billing/rates.py"],
    file: "agents/billing/agent.py",
    modules: [".rates.RATES"],
    place: ["agents/billing/cockpit_runtime.py", ".cockpit_runtime"],
  },
  {
    about: "a package without __init__.py that imports itself by name",
    files: ["src/billing/rates.py"],
    file: "src/billing/llm/agent.py",
    modules: ["billing.rates.RATES"],
    place: ["src/billing/cockpit_runtime.py", "billing.cockpit_runtime"],
  },
  {
    about: "TypeScript below a rootDir",
    files: { "package.json": "{}", "tsconfig.json": '{ "compilerOptions": { "rootDir": "./lib" } }' },
    file: "lib/agents/planner.ts",
    modules: ["./tools"],
    place: ["lib/cockpit-runtime.ts", "../cockpit-runtime"],
  },
  {
    about: "TypeScript with a tsconfig.json of its own inside of a package",
    files: { "package.json": "{}", "server/tsconfig.json": '{ "compilerOptions": { "composite": true } }' },
    file: "server/agents/planner.ts",
    modules: ["./tools"],
    place: ["server/cockpit-runtime.ts", "../cockpit-runtime"],
  },
  {
    about: "TypeScript whose tsconfig.json extends others",
    files: {
      "package.json": "{}",
      "config/base.json": '{ "compilerOptions": { "module": "esnext", "rootDir": "../lib" } }',
      "node_modules/@strict/node/tsconfig.json": '{ "extends": "./loop", "compilerOptions": { "module": "nodenext" } }',
      "node_modules/@strict/node/loop.json": '{ "extends": "./tsconfig.json" }',
      "tsconfig.json": '{ "extends": ["./config/base", "@strict/node/tsconfig.json"] }',
    },
    file: "lib/agents/planner.ts",
    place: ["lib/cockpit-runtime.ts", "../cockpit-runtime.js"],
  },
  {
    about: "TypeScript with its own style",
    files: ["package.json"],
    file: "src/agents/planner.ts",
    modules: ["openai", "../tools.js"],
    place: ["src/cockpit-runtime.ts", "../cockpit-runtime.js"],
  },
  {
    about: "TypeScript without extensions",
    files: ["package.json"],
    file: "lib/agent.ts",
    modules: ["openai", "./tools"],
    place: ["cockpit-runtime.ts", "../cockpit-runtime"],
  },
  {
    about: "TypeScript for Node's own modules, by tsconfig.json with comments",
    files: { "package.json": "{}", "tsconfig.json": '{ // strict\n "compilerOptions": { "module": "NodeNext", } }' },
    file: "src/main.ts",
    place: ["src/cockpit-runtime.ts", "./cockpit-runtime.js"],
  },
  {
    about: "TypeScript for a bundler, by tsconfig.json",
    files: { "package.json": "{}", "tsconfig.json": '{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler" } }' },
    file: "src/main.tsx",
    place: ["src/cockpit-runtime.ts", "./cockpit-runtime"],
  },
  {
    about: "TypeScript that Node runs as it is",
    files: ["package.json"],
    file: "main.ts",
    place: ["cockpit-runtime.ts", "./cockpit-runtime.ts"],
  },
  {
    about: "a runtime that is there already",
    files: ["package.json", "src/lib/cockpit-runtime.ts"],
    file: "src/lib/agents/planner.ts",
    modules: ["./x.js"],
    place: ["src/lib/cockpit-runtime.ts", "../cockpit-runtime.js"],
  },
  {
    about: "the nearest package of a workspace",
    files: ["package.json", "packages/agent/package.json"],
    file: "packages/agent/src/main.ts",
    modules: ["./x.ts"],
    place: ["packages/agent/src/cockpit-runtime.ts", "./cockpit-runtime.ts"],
  },
  {
    about: "JavaScript",
    files: ["package.json"],
    file: "server.cjs",
    modules: ["./x"],
    place: ["cockpit-runtime.mjs", "./cockpit-runtime.mjs"],
  },
  {
    about: "Go, two folders down",
    files: { "agent/go.mod": "// The agent.\nmodule example.com/fleet/agent/v2 // here\n\ngo 1.26\n" },
    file: "agent/cmd/serve/main.go",
    place: ["agent/internal/cockpit/cockpit_runtime.go", "example.com/fleet/agent/v2/internal/cockpit"],
  },
];

for (const { about, files, file, modules = [], place } of cases)
  test(`the runtime of ${about}`, async () => {
    const found = (await runtimePlaces(folderWith(files)))(file, modules);
    assert.deepEqual([found?.path, found?.specifier], place);
  });

test("names that other files of a Go package declare are taken", async () => {
  const root = folderWith({
    "go.mod": "module example.com/agent\n",
    "main.go": "package main\n",
    "options.go": "package main\n\ntype option func(*config)\n\nfunc f() {\n\tcockpit.Telemetry()\n}\n",
    "sub/cockpit.go": "package sub\n\nvar cockpit = 1\n",
  });
  assert.deepEqual((await runtimePlaces(root))("main.go", [])?.taken, ["option"]);
});

test("Go without a module has no place for a runtime", async () => {
  assert.equal((await runtimePlaces(folderWith(["main.go"])))("main.go", []), undefined);
});

test("a file's own folder is looked at alone, and its repository around it", async () => {
  const root = folderWith({ "agent/go.mod": "module example.com/agent\n", "agent/.git/HEAD": "" });
  assert.deepEqual((await runtimePlaces(join(root, "agent/cmd")))("main.go", []), {
    path: "../internal/cockpit/cockpit_runtime.go",
    specifier: "example.com/agent/internal/cockpit",
    taken: [],
  });
});
