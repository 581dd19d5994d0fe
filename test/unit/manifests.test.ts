/** Manifests get what they lack, and no other byte changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits, type Edit } from "../../server/engine/finding.ts";
import { addToGoMod } from "../../server/scaffold/manifests/go-mod.ts";
import { addToPackageJson } from "../../server/scaffold/manifests/package-json.ts";
import { addToPyproject } from "../../server/scaffold/manifests/pyproject.ts";
import { addToRequirements } from "../../server/scaffold/manifests/requirements.ts";

const python = [
  { name: "opentelemetry-sdk", version: ">=1" },
  { name: "pydantic", version: ">=2" },
];
const npm = [
  { name: "zod", version: "^4" },
  { name: "@opentelemetry/api", version: "^1" },
];
const go = [
  { name: "go.opentelemetry.io/otel/sdk", version: "v1.47.0" },
  { name: "go.opentelemetry.io/otel", version: "v1.47.0" },
];

/** `undefined` when no edit can be made, the text as it is when none is needed. */
type Case = [about: string, before: string, after: string | undefined];

function check(kind: string, cases: readonly Case[], add: (text: string) => Edit[] | undefined) {
  for (const [about, before, after] of cases)
    test(`${kind}: ${about}`, () => {
      const edits = add(before);
      assert.equal(edits && applyEdits(before, edits), after);
      // What was added is found again.
      if (after !== undefined) assert.deepEqual(add(after), []);
    });
}

const included = { "base.txt": "Pydantic==2.1\n", "loop.txt": "-r requirements.txt\n", "nested/dev.txt": "-r ../base.txt\n" };
function read(path: string): string {
  const text = new Map(Object.entries(included)).get(path);
  if (text === undefined) throw new Error("no such file");
  return text;
}

check(
  "requirements.txt",
  [
    ["at the end", "openai\n", "openai\nopentelemetry-sdk>=1\npydantic>=2\n"],
    ["of an empty file", "", "opentelemetry-sdk>=1\npydantic>=2\n"],
    [
      "after a last line that is not ended, as Windows ends them",
      "openai\r\n# end",
      "openai\r\n# end\r\nopentelemetry-sdk>=1\r\npydantic>=2\r\n",
    ],
    [
      "not what is there under another spelling, with extras and markers",
      "OpenTelemetry_SDK[x]==1.2 ; python_version > '3.9'\n",
      "OpenTelemetry_SDK[x]==1.2 ; python_version > '3.9'\npydantic>=2\n",
    ],
    ["after a line that goes on", "openai \\\n", "openai \\\n\nopentelemetry-sdk>=1\npydantic>=2\n"],
    [
      "where a comment speaks of hashes",
      "openai # once with --hash=sha256:0\n",
      "openai # once with --hash=sha256:0\nopentelemetry-sdk>=1\npydantic>=2\n",
    ],
    ["not what included files ask for", "-r nested/dev.txt\n", "-r nested/dev.txt\nopentelemetry-sdk>=1\n"],
    [
      "not what comes from a repository",
      "git+https://example.com/x#egg=pydantic\n",
      "git+https://example.com/x#egg=pydantic\nopentelemetry-sdk>=1\n",
    ],
  ],
  (text) => addToRequirements("requirements.txt", text, python, read),
);

check(
  "pyproject.toml",
  [
    [
      "in a list on one line",
      '[project]\nname = "x"\ndependencies = ["openai"]  # ours\n',
      '[project]\nname = "x"\ndependencies = ["openai", "opentelemetry-sdk>=1", "pydantic>=2"]  # ours\n',
    ],
    [
      "in a list over lines, in its quotes, after comments",
      "[project]\r\ndependencies = [\r\n  'openai>=1',\r\n  'pydantic[email]~=2.1', # checks\r\n]\r\n",
      "[project]\r\ndependencies = [\r\n  'openai>=1',\r\n  'pydantic[email]~=2.1', # checks\r\n  'opentelemetry-sdk>=1',\r\n]\r\n",
    ],
    [
      "in a list over lines without a last comma",
      '[project]\ndependencies = [\n    "openai>=1" # ours\n]\n',
      '[project]\ndependencies = [\n    "openai>=1", # ours\n    "opentelemetry-sdk>=1",\n    "pydantic>=2"\n]\n',
    ],
    [
      "in a list whose bracket is on its last line",
      '[project]\ndependencies = ["openai",\n                "httpx"] # ours\n',
      '[project]\ndependencies = ["openai",\n                "httpx",\n                "opentelemetry-sdk>=1",\n                "pydantic>=2"] # ours\n',
    ],
    [
      "in a list of comments",
      "[project]\ndependencies = [\n  # none yet\n]\n",
      '[project]\ndependencies = [\n  # none yet\n  "opentelemetry-sdk>=1",\n  "pydantic>=2",\n]\n',
    ],
    [
      "after a byte-order mark",
      "\uFEFF[project]\ndependencies = []\n",
      '\uFEFF[project]\ndependencies = ["opentelemetry-sdk>=1", "pydantic>=2"]\n',
    ],
    ["in an empty list", "[project]\ndependencies = []\n", '[project]\ndependencies = ["opentelemetry-sdk>=1", "pydantic>=2"]\n'],
    [
      "in a list that is not there yet",
      '[project]\nname = "x"\n\n[tool.ruff]\n',
      '[project]\nname = "x"\ndependencies = [\n    "opentelemetry-sdk>=1",\n    "pydantic>=2",\n]\n\n[tool.ruff]\n',
    ],
    [
      "in Poetry's table",
      '[tool.poetry.dependencies]\npython = "^3.11"\nPydantic = {version = "^2", extras = ["email"]}\n\n[build-system]\nrequires = ["poetry-core"]\n',
      '[tool.poetry.dependencies]\npython = "^3.11"\nPydantic = {version = "^2", extras = ["email"]}\nopentelemetry-sdk = ">=1"\n\n[build-system]\nrequires = ["poetry-core"]\n',
    ],
    ["not where only tools have their settings", "[tool.ruff]\nline-length = 100\n", undefined],
  ],
  (text) => addToPyproject("pyproject.toml", text, python),
);

check(
  "package.json",
  [
    [
      "in the order of a sorted list",
      '{\n  "name": "x",\n  "dependencies": {\n    "@a/b": "1",\n    "openai": "7"\n  }\n}\n',
      '{\n  "name": "x",\n  "dependencies": {\n    "@a/b": "1",\n    "@opentelemetry/api": "^1",\n    "openai": "7",\n    "zod": "^4"\n  }\n}\n',
    ],
    [
      "before all others, with tabs and no last line ending",
      '{\r\n\t"dependencies": {\r\n\t\t"openai": "7"\r\n\t}\r\n}',
      '{\r\n\t"dependencies": {\r\n\t\t"@opentelemetry/api": "^1",\r\n\t\t"openai": "7",\r\n\t\t"zod": "^4"\r\n\t}\r\n}',
    ],
    [
      "at the end of a list in no order",
      '{\n  "dependencies": {\n    "openai": "7",\n    "ai": "4"\n  }\n}\n',
      '{\n  "dependencies": {\n    "openai": "7",\n    "ai": "4",\n    "@opentelemetry/api": "^1",\n    "zod": "^4"\n  }\n}\n',
    ],
    ["on one line", '{"dependencies":{"openai":"7"}}', '{"dependencies":{"@opentelemetry/api": "^1", "openai":"7", "zod": "^4"}}'],
    [
      "in a list of their own",
      '{\n  "name": "x"\n}\n',
      '{\n  "name": "x",\n  "dependencies": {\n    "@opentelemetry/api": "^1",\n    "zod": "^4"\n  }\n}\n',
    ],
    [
      "in place of an empty list",
      '{\n  "dependencies": {},\n  "name": "x"\n}\n',
      '{\n  "dependencies": {\n    "@opentelemetry/api": "^1",\n    "zod": "^4"\n  },\n  "name": "x"\n}\n',
    ],
    [
      "not what a peer brings",
      '{ "peerDependencies": { "zod": "*", "@opentelemetry/api": "*" } }',
      '{ "peerDependencies": { "zod": "*", "@opentelemetry/api": "*" } }',
    ],
  ],
  (text) => addToPackageJson("package.json", text, npm),
);

check(
  "go.mod",
  [
    [
      "in the block of direct requirements",
      "module example.com/a\n\ngo 1.26\n\nrequire (\n\tgithub.com/x/y v1.0.0\n\tgoogle.golang.org/genai v1.0.0 // ours\n)\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\n",
      "module example.com/a\n\ngo 1.26\n\nrequire (\n\tgithub.com/x/y v1.0.0\n\tgo.opentelemetry.io/otel v1.47.0\n\tgo.opentelemetry.io/otel/sdk v1.47.0\n\tgoogle.golang.org/genai v1.0.0 // ours\n)\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\n",
    ],
    [
      "in a block of its own after single lines",
      "module example.com/a\n\ngo 1.26\n\nrequire github.com/x/y v1.0.0\n",
      "module example.com/a\n\ngo 1.26\n\nrequire github.com/x/y v1.0.0\n\nrequire (\n\tgo.opentelemetry.io/otel v1.47.0\n\tgo.opentelemetry.io/otel/sdk v1.47.0\n)\n",
    ],
    [
      "past comments behind brackets",
      "module a\n\nrequire ( // what others need\n\ta.b/c v1.0.0 // indirect\n)\n",
      "module a\n\nrequire (\n\tgo.opentelemetry.io/otel v1.47.0\n\tgo.opentelemetry.io/otel/sdk v1.47.0\n)\n\nrequire ( // what others need\n\ta.b/c v1.0.0 // indirect\n)\n",
    ],
    [
      "what is only excluded",
      "module a\n\nexclude (\n\tgo.opentelemetry.io/otel v1.0.0\n)\n\nrequire (\n\tgo.opentelemetry.io/otel/sdk v1.30.0\n)\n",
      "module a\n\nexclude (\n\tgo.opentelemetry.io/otel v1.0.0\n)\n\nrequire (\n\tgo.opentelemetry.io/otel v1.47.0\n\tgo.opentelemetry.io/otel/sdk v1.30.0\n)\n",
    ],
    [
      "not what is required already, directly or not",
      "module a\n\nrequire go.opentelemetry.io/otel v1.30.0\nrequire (\n\tgo.opentelemetry.io/otel/sdk v1.30.0 // indirect\n)\n",
      "module a\n\nrequire go.opentelemetry.io/otel v1.30.0\nrequire (\n\tgo.opentelemetry.io/otel/sdk v1.30.0 // indirect\n)\n",
    ],
  ],
  (text) => addToGoMod("go.mod", text, go),
);

const refused: [about: string, run: () => unknown, message: RegExp][] = [
  [
    "a circle of requirements",
    () => addToRequirements("requirements.txt", "-r loop.txt\n", python, read),
    /loop\.txt includes requirements\.txt, which includes it again .*break the circle/,
  ],
  [
    "a missing include",
    () => addToRequirements("requirements.txt", "-r gone.txt\n", python, read),
    /requirements\.txt includes gone\.txt, which cannot be read/,
  ],
  [
    "requirements with hashes",
    () => addToRequirements("requirements.txt", "openai==1 --hash=sha256:0\n", python, read),
    /by hash: add opentelemetry-sdk>=1, pydantic>=2 with/,
  ],
  ["broken TOML", () => addToPyproject("a/pyproject.toml", '[project]\nname = "x\n', python), /a\/pyproject\.toml:2:\d+ is not TOML/],
  [
    "dynamic dependencies",
    () => addToPyproject("pyproject.toml", '[project]\nname = "x"\ndynamic = ["version", "dependencies"]\n', python),
    /dynamic: add opentelemetry-sdk>=1/,
  ],
  ["broken JSON", () => addToPackageJson("a/package.json", '{ "name": \n', npm), /a\/package\.json is not JSON/],
  ["JSON that is no object", () => addToPackageJson("package.json", "[]", npm), /package\.json holds no object/],
  [
    "dependencies of another shape",
    () => addToPackageJson("package.json", '{ "dependencies": ["openai"] }', npm),
    /package\.json: dependencies is no object: repair it first/,
  ],
  ["a go.mod without a module", () => addToGoMod("go.mod", "", go), /go\.mod names no module/],
];

for (const [about, run, message] of refused) test(`${about} is refused`, () => assert.throws(run, { name: "Error", message }));
