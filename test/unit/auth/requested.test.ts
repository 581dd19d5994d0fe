/** What command lines ask an index for: names, or why that cannot be told. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { knownPublic } from "../../../server/auth/failover/known-public.ts";
import { requestedBy } from "../../../server/auth/failover/requested.ts";

const scratch = mkdtempSync(join(tmpdir(), "cockpit-requested-"));
after(() => rmSync(scratch, { recursive: true }));
let made = 0;

function folderWith(files: Record<string, string>): string {
  const folder = join(scratch, String(made++));
  for (const [name, text] of Object.entries({ "here.txt": "", ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

interface Case {
  command: string;
  files?: Record<string, string>;
  env?: Record<string, string>;
  names?: string[];
  unclear?: RegExp;
}

const pyproject = `[project]
name = "agent"
dependencies = ["httpx>=0.28", "Our_Lib"]
[project.optional-dependencies]
cli = ["rich"]
[dependency-groups]
dev = ["pytest", { include-group = "lint" }]
lint = ["ruff"]
`;
const built = `${pyproject}[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n`;
const packageJson = JSON.stringify({
  dependencies: { express: "^5", "@acme/ui": "^1.0.0", old: "npm:left-pad@1" },
  devDependencies: { vitest: "*" },
  workspaces: ["packages/*"],
});

const table: Case[] = [
  { command: "uv pip install Requests[socks]>=2 zope.interface", names: ["requests", "zope-interface"] },
  { command: "pip install --upgrade -qq requests", names: ["requests"] },
  { command: "python3.12 -m pip install requests", names: ["requests"] },
  {
    command: "pip3 install -rreqs.txt",
    files: {
      "reqs.txt": "a==1 \\\n    --hash=sha256:aa\n-r more/b.txt\n# c\nd ; python_version > '3'  # why\n",
      "more/b.txt": "-c c.txt\nb\n",
      "more/c.txt": "never==1\n",
    },
    names: ["a", "b", "d"],
  },
  {
    command: "pip install -r reqs.txt",
    files: { "reqs.txt": "--index-url https://corp.example/simple\na\n" },
    names: ["a"],
    unclear: /names an index itself/,
  },
  { command: "pip install -r reqs.txt", files: { "reqs.txt": "--index-url https://pypi.org/simple\na\n" }, names: ["a"] },
  { command: "pip install -r reqs.txt", files: { "reqs.txt": "a\n-r reqs.txt\n" }, names: ["a"] },
  { command: "pip install -r gone.txt", names: [], unclear: /gone\.txt cannot be read/ },
  { command: "pip install -r https://corp.example/reqs.txt", names: [], unclear: /another machine/ },
  { command: "pip install -c c.txt a", files: { "c.txt": "b @ https://corp.example/b.whl\n" }, names: ["a"], unclear: /constraints/ },
  { command: "pip install a --index-url https://corp.example/simple", names: ["a"], unclear: /names an index itself/ },
  { command: "pip install --made-up a", names: [], unclear: /Unknown option '--made-up'/ },
  { command: "pip install git+https://token@corp.example/x.git", names: [], unclear: /what git\+https:\/\/corp\.example\/x\.git needs/ },
  { command: "pip install x@https://corp.example/x.whl?token=secret", names: [], unclear: /what https:\/\/corp\.example\/x\.whl needs/ },
  { command: "pip install ./x-1-py3-none-any.whl", names: [], unclear: /what \.\/x-1/ },
  { command: "pip install a", env: { PIP_REQUIREMENT: "r.txt" }, names: ["a"], unclear: /PIP_REQUIREMENT/ },
  {
    command: "pip install -e .[cli]",
    files: { "pyproject.toml": built },
    names: ["hatchling", "httpx", "our-lib", "pytest", "rich", "ruff"],
  },
  { command: "pip install .", files: { "pyproject.toml": pyproject }, names: ["httpx", "our-lib", "pytest", "rich", "ruff", "setuptools"] },
  {
    command: "pip install .",
    files: { "pyproject.toml": pyproject, "setup.py": "" },
    names: ["httpx", "our-lib", "pytest", "rich", "ruff", "setuptools"],
    unclear: /setup\.py/,
  },
  {
    command: "pip install .",
    files: { "pyproject.toml": '[project]\nname = "a"\ndynamic = ["dependencies"]\n' },
    names: ["setuptools"],
    unclear: /only when it is built/,
  },
  { command: "uv sync", files: { "pyproject.toml": pyproject }, names: ["httpx", "our-lib", "pytest", "rich", "ruff"] },
  { command: "uv add flask --dev", files: { "pyproject.toml": pyproject }, names: ["flask", "httpx", "our-lib", "pytest", "rich", "ruff"] },
  { command: "uv lock --directory sub", files: { "sub/pyproject.toml": pyproject }, names: ["httpx", "our-lib", "pytest", "rich", "ruff"] },
  {
    command: "uv sync",
    files: {
      "pyproject.toml": `${pyproject}[tool.uv.sources]\nour-lib = { path = "lib" }\n`,
      "lib/pyproject.toml":
        '[project]\nname = "our-lib"\ndependencies = ["secret-lib"]\n[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n',
    },
    names: ["httpx", "pytest", "rich", "ruff", "secret-lib", "uv-build"],
  },
  {
    command: "uv sync",
    files: { "pyproject.toml": `${pyproject}[tool.uv.sources]\nour-lib = { index = "corp" }\n` },
    names: ["httpx", "our-lib", "pytest", "rich", "ruff"],
    unclear: /its source is index corp/,
  },
  {
    command: "uv sync",
    files: {
      "pyproject.toml": '[project]\nname = "w"\n[tool.uv.workspace]\nmembers = ["m/*"]\n',
      "m/a/pyproject.toml": '[project]\nname = "a"\ndependencies = ["x"]\n',
    },
    names: ["x"],
  },
  {
    command: "uv sync",
    files: {
      "pyproject.toml": '[project]\nname = "w"\n',
      "uv.lock":
        '[[package]]\nname = "w"\nsource = { virtual = "." }\n[[package]]\nname = "y"\nsource = { registry = "https://pypi.org/simple" }\n[[package]]\nname = "z"\nsource = { git = "https://corp.example/z" }\n',
    },
    names: ["y"],
    unclear: /what z needs/,
  },
  {
    command: "uv run --with httpie script.py --flag",
    files: { "script.py": '# /// script\n# dependencies = ["rich"]\n# ///\nprint()\n' },
    names: ["httpie", "rich"],
  },
  { command: "uv run -- script.py", files: { "script.py": '# /// script\n# dependencies = ["rich"]\n# ///\nprint()\n' }, names: ["rich"] },
  {
    command: "uv run pytest -k x --made-up",
    files: { "pyproject.toml": pyproject },
    names: ["httpx", "our-lib", "pytest", "rich", "ruff"],
  },
  { command: "uvx --from httpie http example.com", names: ["httpie"] },
  { command: "uvx ruff@0.17.6 check .", names: ["ruff"] },
  { command: "uv tool install ruff --with ours", names: ["ours", "ruff"] },
  {
    command: "uv pip sync pylock.toml",
    files: { "pylock.toml": 'lock-version = "1.0"\n[[packages]]\nname = "q"\nindex = "https://pypi.org/simple"\n' },
    names: ["q"],
  },
  {
    command: "uv pip compile pyproject.toml",
    files: { "pyproject.toml": pyproject },
    names: ["httpx", "our-lib", "pytest", "rich", "ruff"],
  },
  { command: "uv python install 3.13", names: [], unclear: /what uv python asks for/ },
  { command: "npm install lodash@4 @acme/ui@latest x@npm:y@1", names: ["@acme/ui", "lodash", "y"] },
  { command: "npm i user/repo", names: [], unclear: /not from a registry/ },
  {
    command: "npm ci",
    files: {
      "package.json": packageJson,
      "packages/ui/package.json": '{"name":"@acme/ui","version":"1.2.0","dependencies":{"react":"*"}}',
    },
    names: ["express", "left-pad", "react", "vitest"],
  },
  {
    command: "npm ci",
    files: { "package.json": packageJson, "packages/ui/package.json": '{"name":"@acme/ui","version":"2.0.0"}' },
    names: ["@acme/ui", "express", "left-pad", "vitest"],
  },
  {
    command: "npm ci",
    files: {
      "package.json": "{}",
      "package-lock.json": JSON.stringify({
        packages: {
          "": {},
          "node_modules/a": { resolved: "https://registry.npmjs.org/a" },
          "node_modules/a/node_modules/@s/b": {},
          "node_modules/c": { inBundle: true },
          "node_modules/d": { link: true, resolved: "d" },
        },
      }),
    },
    names: ["@s/b", "a"],
  },
  {
    command: "npm ci",
    files: {
      "package.json": "{}",
      "package-lock.json": JSON.stringify({ packages: { "node_modules/a": { resolved: "https://corp.example/secret-feed/a-1.tgz" } } }),
    },
    names: ["a"],
    unclear: /package-lock\.json fetches a from corp\.example$/,
  },
  { command: "npx cowsay hello", names: ["cowsay"] },
  { command: "npm install --registry=https://corp.example/ a", names: ["a"], unclear: /names an index itself/ },
  { command: "npm install a", files: { "package.json": "{" }, names: ["a"], unclear: /package\.json is broken/ },
  { command: "make install", names: [], unclear: /make is none of uv, pip and npm/ },
];

for (const { command, files = {}, env = {}, names, unclear } of table)
  test(`${command}${Object.keys(files).length > 0 ? ` with ${Object.keys(files).join(", ")}` : ""}`, async () => {
    const requested = await requestedBy(command.split(" "), folderWith(files), env);
    assert.deepEqual(requested.names, names);
    if (unclear) assert.match(requested.unclear ?? "", unclear);
    else assert.equal(requested.unclear, undefined);
    assert.doesNotMatch(requested.unclear ?? "", /token|secret/);
  });

test("a group that names its own project has it looked up in an index, an extra has not", async () => {
  const text = '[project]\nname = "own"\noptional-dependencies = { x = ["a"], all = ["own[x]"] }\n[dependency-groups]\ndev = ["own[x]"]\n';
  const folder = folderWith({ "pyproject.toml": text });
  const namesOf = async (...command: string[]) => (await requestedBy(command, folder, {})).names;
  assert.deepEqual(await namesOf("pip", "install", "--group", "dev"), ["a", "own"]);
  assert.deepEqual(await namesOf("uv", "pip", "install", "--group", "dev"), ["a", "own"]);
  assert.deepEqual(await namesOf("uv", "pip", "install", "-r", "pyproject.toml", "--extra", "all"), ["a"]);
});

test("a member that another takes from the workspace is built, by setuptools when it does not say", async () => {
  const root =
    '[project]\nname = "w"\ndependencies = ["Part"]\n[tool.uv.workspace]\nmembers = ["m/*"]\n[tool.uv.sources]\npart = { workspace = true }\n';
  const folder = folderWith({ "pyproject.toml": root, "m/a/pyproject.toml": '[project]\nname = "part"\ndependencies = ["x"]\n' });
  assert.deepEqual((await requestedBy(["uv", "sync"], folder, {})).names, ["setuptools", "x"]);
});

test("in a part of npm's workspaces the whole of them is installed", async () => {
  const folder = folderWith({ "package.json": packageJson, "packages/ui/package.json": '{"name":"@acme/ui","version":"1.0.0"}' });
  const { names } = await requestedBy(["npm", "install"], join(folder, "packages/ui"), {});
  assert.deepEqual(names, ["express", "left-pad", "vitest"]);
});

const settings: [files: Record<string, string>, names: string[], unclear?: RegExp][] = [
  [{ "pyproject.toml": '[tool.uv]\noverride-dependencies = ["b"]\n' }, ["a", "b"]],
  [{ "pyproject.toml": '[tool.uv]\noverride-dependencies = ["b @ https://corp.example/b.whl"]\n' }, ["a"], /corp\.example/],
  [{ "pyproject.toml": '[[tool.uv.dependency-metadata]]\nname = "a"\nrequires-dist = ["ours"]\n' }, ["a"], /says that packages need/],
  [{ "uv.toml": 'override-dependencies = ["ours"]\n' }, ["a"], /uv\.toml says that packages need/],
];

for (const [files, names, unclear] of settings)
  test(`uv's settings change what packages need: ${Object.values(files)[0]}`, async () => {
    const requested = await requestedBy(["uv", "pip", "install", "a"], folderWith(files), {});
    assert.deepEqual(requested.names, names);
    if (unclear) assert.match(requested.unclear ?? "", unclear);
    else assert.equal(requested.unclear, undefined);
  });

const hash = "--hash=sha256:aa";
const pinned: [file: string, text: string, known: string[]][] = [
  ["requirements.txt", `a==1 ${hash}\n`, []],
  ["requirements.txt", `--index-url https://pypi.org/simple\na==1 ${hash}\nb==1\n`, ["a"]],
  ["requirements.txt", `--index-url https://pypi.org/simple\n--extra-index-url https://corp.example/simple\na==1 ${hash}\n`, []],
  ["requirements.txt", `--index-url https://corp.example/simple\na==1 ${hash}\n`, []],
  ["requirements.txt", `a==1 ${hash}\n    # from https://pypi.org/simple\nb==1 ${hash}\n    # from https://corp.example/simple\n`, ["a"]],
  [
    "pylock.toml",
    '[[packages]]\nname = "a"\nwheels = [{ url = "https://files.pythonhosted.org/a.whl", hashes = { sha256 = "aa" } }]\n[[packages]]\nname = "b"\nindex = "https://corp.example/simple"\nwheels = [{ url = "https://files.pythonhosted.org/b.whl", hashes = { sha256 = "aa" } }]\n',
    ["a"],
  ],
  [
    "poetry.lock",
    '[[package]]\nname = "a"\nfiles = [{ file = "a.whl", hash = "sha256:aa" }]\n[[package]]\nname = "b"\nfiles = [{ file = "b.whl", hash = "sha256:aa" }]\n[package.source]\ntype = "legacy"\nurl = "https://corp.example/simple"\n',
    ["a"],
  ],
];

for (const [file, text, known] of pinned)
  test(`known by ${file}: ${text.split("\n")[0]} … → ${known.join(", ") || "none"}`, async () => {
    const { pins } = await requestedBy(["uv", "pip", "sync", file], folderWith({ [file]: text }), {});
    assert.deepEqual([...knownPublic(["a", "b"], "pypi", { listed: [], pins, env: {} }).keys()], known);
  });

test("known by uv.lock and package-lock.json: hashed and from the public index, each time", async () => {
  const entry = (name: string, registry: string, sum: string) =>
    `[[package]]\nname = "${name}"\nsource = { registry = "${registry}" }\nwheels = [{ url = "x", ${sum} }]\n`;
  const uv = [
    entry("a", "https://pypi.org/simple", 'hash = "sha256:aa"'),
    entry("b", "https://corp.example/simple", 'hash = "sha256:aa"'),
    entry("c", "https://pypi.org/simple", "size = 1"),
    entry("d", "https://pypi.org/simple", 'hash = "sha256:aa"'),
    entry("d", "https://corp.example/simple", 'hash = "sha256:aa"'),
  ].join("");
  const npm = {
    a: { resolved: "https://registry.npmjs.org/a/-/a-1.tgz", integrity: "sha512-aa" },
    b: { resolved: "https://corp.example/b/-/b-1.tgz", integrity: "sha512-aa" },
    c: { resolved: "https://registry.npmjs.org/c/-/c-1.tgz" },
    d: { integrity: "sha512-aa" },
  };
  const packages = Object.fromEntries(Object.entries(npm).map(([name, it]) => [`node_modules/${name}`, it]));
  const folder = folderWith({
    "pyproject.toml": "[project]\nname='p'\n",
    "uv.lock": uv,
    "package.json": "{}",
    "package-lock.json": JSON.stringify({ packages }),
  });
  for (const [command, format] of [
    [["uv", "sync"], "pypi"],
    [["npm", "ci"], "npm"],
  ] as const) {
    const { names, pins } = await requestedBy(command, folder, {});
    assert.deepEqual([names, [...knownPublic(names, format, { listed: [], pins, env: {} }).keys()]], [["a", "b", "c", "d"], ["a"]]);
  }
});

test("a lock file around counts as evidence for a command that does not read it", async () => {
  const lock = '[[package]]\nname = "a"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [{ url = "x", hash = "sha256:aa" }]\n';
  const folder = folderWith({ "uv.lock": lock, "sub/here.txt": "" });
  const { names, pins } = await requestedBy(["uv", "pip", "install", "a", "b"], join(folder, "sub"), {});
  assert.deepEqual(
    [...knownPublic(names, "pypi", { listed: [], pins, env: {} })],
    [["a", "pinned by hash from the public index in uv.lock"]],
  );
});
