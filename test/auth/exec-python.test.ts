/** Real uv and pip under `auth exec`, against a real private index. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { configparserCases } from "../unit/auth/configparser-cases.ts";
import { openWorld, type Result, username, type World, write } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
afterEach(() => {
  const left = readdirSync(world.tmp).filter((it) => it.startsWith("cockpit-auth-"));
  assert.deepEqual(left, [], "nothing of ours is left");
  for (const form of world.tokenForms()) assert.deepEqual(world.filesWith(form), [], "no token is on disk");
  for (const name of [".config", "pip.conf"]) rmSync(join(world.home, name), { recursive: true, force: true });
});

const simple = () => `${world.pypi.url}/simple/`;
const pyproject = (more: string) =>
  `[project]\nname = "agent"\nversion = "0.1"\nrequires-python = ">=3.9"\ndependencies = ["acme-core"]\n\n${more}`;
const ok = ({ code, stderr, stdout }: Result) => assert.equal(code, 0, stderr + stdout);

/** Where a person may have configured the index: files of the project, of the home, variables. */
const places: Record<string, () => { project?: Record<string, string>; home?: Record<string, string>; env?: Record<string, string> }> = {
  "pyproject, a named default": () => ({
    project: { "pyproject.toml": pyproject(`[[tool.uv.index]]\nname = "team"\nurl = "${simple()}"\ndefault = true\n`) },
  }),
  "pyproject, a nameless default": () => ({
    project: { "pyproject.toml": pyproject(`[[tool.uv.index]]\nurl = "${simple()}"\ndefault = true\n`) },
  }),
  "pyproject, index-url": () => ({ project: { "pyproject.toml": pyproject(`[tool.uv]\nindex-url = "${simple()}"\n`) } }),
  "uv.toml of the project, a nameless index": () => ({
    project: { "pyproject.toml": pyproject(""), "uv.toml": `no-index = false\n[[index]]\nurl = "${simple()}"\n` },
  }),
  "uv.toml of the home, extra-index-url": () => ({
    project: { "pyproject.toml": pyproject("") },
    home: { ".config/uv/uv.toml": `extra-index-url = ["${simple()}"]\n` },
  }),
  "a source that names an explicit index": () => ({
    project: {
      "pyproject.toml": pyproject(
        `[[tool.uv.index]]\nname = "my-team"\nurl = "${simple()}"\nexplicit = true\n\n[tool.uv.sources]\nacme-core = { index = "my-team" }\n`,
      ),
    },
  }),
  UV_INDEX_URL: () => ({ project: { "pyproject.toml": pyproject("") }, env: { UV_INDEX_URL: simple() } }),
  "UV_INDEX without a name": () => ({ project: { "pyproject.toml": pyproject("") }, env: { UV_INDEX: simple() } }),
  "UV_DEFAULT_INDEX with a name": () => ({ project: { "pyproject.toml": pyproject("") }, env: { UV_DEFAULT_INDEX: `team=${simple()}` } }),
};

describe("uv", () => {
  for (const [name, place] of Object.entries(places))
    test(`installs from an index that is configured in ${name}`, async () => {
      const { project = {}, home = {}, env = {} } = place();
      const cwd = world.project(project);
      write(world.home, home);
      const refused = await world.plain(["uv", "sync", "--no-cache"], { cwd, env });
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /401 Unauthorized/);
      ok(await world.exec(["uv", "sync", "--no-cache", "-vv"], { cwd, env }));
      assert.equal(readFileSync(join(cwd, "pyproject.toml"), "utf8"), project["pyproject.toml"]);
      rmSync(join(cwd, ".venv"), { recursive: true });
      rmSync(join(cwd, "uv.lock"));
      ok(await world.exec(["sh", "-c", "uv sync --no-cache"], { cwd, env }));
    });

  test("adds a dependency without writing our address into the project", async () => {
    for (const command of [
      ["uv", "add", "--no-cache", "acme-extra"],
      ["sh", "-c", "uv add --no-cache acme-extra"],
    ]) {
      const text = pyproject(`[[tool.uv.index]]\nurl = "${simple()}"\ndefault = true\n`);
      const cwd = world.project({ "pyproject.toml": text });
      ok(await world.exec(command, { cwd }));
      const added = text.replace('["acme-core"]', '[\n    "acme-core",\n    "acme-extra>=1.0",\n]');
      assert.equal(readFileSync(join(cwd, "pyproject.toml"), "utf8"), added);
      assert(!readFileSync(join(cwd, "uv.lock"), "utf8").includes(username));
    }
  });

  test("keeps what else is configured: relative paths, credentials in addresses, settings of the home", async () => {
    const own = `http://me:${encodeURIComponent(world.token())}@${simple().slice("http://".length)}`;
    const cwd = world.project({
      "pyproject.toml": pyproject(
        `[tool.uv]\nfind-links = ["wheels"]\n\n[[tool.uv.index]]\nurl = "${world.publicPypi}/simple/"\ndefault = true\n`,
      ),
    });
    write(cwd, { "wheels/.keep": "" });
    write(world.home, { ".config/uv/uv.toml": `offline = false\nlink-mode = "copy"\n[[index]]\nurl = "${own}"\n` });
    const { code, stderr } = await world.exec(["uv", "sync", "--no-cache", "-vv"], { cwd });
    rmSync(join(world.home, ".config"), { recursive: true });
    assert.equal(code, 0, stderr);
    assert(!stderr.includes(world.token()));
  });

  test("takes a credential of the person's own for an index that is not ours", async () => {
    world.pypi.tokens.add("my-own");
    const address = simple().replace("://", "://me:my-own@");
    const cwd = world.project({ "pyproject.toml": pyproject(`[[tool.uv.index]]\nurl = "${address}"\ndefault = true\n`) });
    world.pypi.asked.length = 0;
    ok(await world.exec(["uv", "sync", "--no-cache"], { cwd }));
    assert(world.pypi.asked.every(({ token }) => token === "my-own" || token === undefined));
  });
});

describe("pip", () => {
  const download = ["pip", "download", "--no-cache-dir", "-q", "-d", "wheels"];
  const kept = {
    "pip.conf of the home": () => [simple(), undefined],
    "a list that goes on in the next lines": () => [undefined, `\n    ${simple()}`],
  } as const;

  for (const [name, place] of Object.entries(kept))
    test(`installs from an index that is configured in ${name}`, async () => {
      const [main, extra] = place();
      const lines = [`index-url = ${main ?? `${world.publicPypi}/nothing/`}`, ...(extra ? [`extra-index-url: ${extra}`] : [])];
      write(world.home, { ".config/pip/pip.conf": `[global]\ntimeout = 20\n${lines.join("\n")}\n` });
      const cwd = world.project({});
      const refused = await world.plain([...download, "--no-input", "acme-core"], { cwd });
      assert.notEqual(refused.code, 0);
      ok(await world.exec([...download, "acme-core"], { cwd }));
      ok(await world.exec(["python", "-m", ...download, "acme-extra"], { cwd }));
      ok(await world.exec(["sh", "-c", "pip download --no-cache-dir -d shell acme-extra"], { cwd }));
      assert(existsSync(join(cwd, "shell/acme_extra-1.0-py3-none-any.whl")));
    });

  test("shows no token where it lists its own configuration", async () => {
    write(world.home, { ".config/pip/pip.conf": `[global]\nindex-url = ${simple()}\n` });
    const cwd = world.project({ "a.txt": "" });
    for (const command of [
      ["pip", "config", "list"],
      ["pip", "config", "debug"],
      ["sh", "-c", "pip config debug"],
    ]) {
      const { stdout, stderr, code } = await world.exec(command, { cwd });
      assert.equal(code, 0, stderr);
      for (const form of world.tokenForms()) assert(!(stdout + stderr).includes(form), command.join(" "));
    }
  });
});

test("what runs for long gets a fresh token: the one of the start has ended before the second installation", async () => {
  write(world.home, { ".config/pip/pip.conf": `[global]\nindex-url = ${simple()}\n` });
  const cwd = world.project({ "pyproject.toml": pyproject(`[[tool.uv.index]]\nurl = "${simple()}"\ndefault = true\n`) });
  const rotate = `python -c "import urllib.request as it; it.urlopen('${world.pypi.url}/-/rotate')"`;
  const script = `set -e; uv sync --no-cache; ${rotate}; rm -rf .venv uv.lock; uv sync --no-cache; ${rotate}; pip download --no-cache-dir -d wheels acme-core`;
  const first = world.token();
  ok(await world.exec(["sh", "-c", script], { cwd }));
  assert.notEqual(world.token(), first);
  assert(existsSync(join(cwd, "wheels/acme_core-1.0-py3-none-any.whl")));
});

test("the most verbose logs hold no token", async () => {
  write(world.home, { ".config/pip/pip.conf": `[global]\nindex-url = ${simple()}\n` });
  const cwd = world.project({ "pyproject.toml": pyproject(`[[tool.uv.index]]\nurl = "${simple()}"\ndefault = true\n`) });
  const commands = [
    ["uv", "sync", "-vv", "--no-cache"],
    ["sh", "-c", "uv pip install --no-cache --target t -vv acme-core"],
    ["pip", "download", "-vvv", "--no-cache-dir", "-d", "w", "acme-core"],
    ["sh", "-c", "pip download -vvv --no-cache-dir -d w acme-core"],
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = await world.exec(command, { cwd, env: { RUST_LOG: "trace" } });
    assert.equal(code, 0, stderr);
    for (const form of world.tokenForms()) assert(!(stdout + stderr).includes(form), command.join(" "));
  }
});

test("retries against the public index alone what is known to be public", async () => {
  write(world.home, {
    ".config/pip/pip.conf": `[global]\nindex-url = http://127.0.0.1:9/simple/\nretries = 0\nextra-index-url = ${simple()}\n`,
  });
  const cwd = world.project({
    "pyproject.toml": pyproject(`[tool.uv]\nindex-url = "http://127.0.0.1:9/simple/"\nextra-index-url = ["${simple()}"]\n`),
  });
  const env = { COCKPIT_PUBLIC_PYPI: `${world.publicPypi}/simple/`, DOOR_PUBLIC: "acme-core", UV_HTTP_RETRIES: "0" };
  world.pypi.tokens.clear();
  world.pypi.asked.length = 0;
  ok(await world.exec(["uv", "sync", "--no-cache"], { cwd, env }));
  const asked = world.pypi.asked.length;
  ok(await world.exec(["pip", "download", "--no-cache-dir", "--no-input", "-d", "w", "acme-core"], { cwd, env }));
  assert(asked > 0, "the first attempt asked the private index");
  world.pypi.tokens.add(world.token());
});

test("the cases of pip.conf are what Python makes of them", async () => {
  const program = `
import configparser, json, sys
class Reader(configparser.RawConfigParser):
    def optionxform(self, name): return name.lower().replace("_", "-").removeprefix("--")
def parsed(text):
    reader = Reader()
    reader.read_string(text)
    return {name: dict(reader.items(name)) for name in reader.sections()}
print(json.dumps([parsed(text) for text in json.loads(sys.argv[1])]))`;
  const texts = JSON.stringify(configparserCases.map(({ text }) => text.replaceAll("\r\n", "\n")));
  const { stdout, stderr } = await world.plain(["python", "-c", program, texts], { cwd: world.home });
  assert.equal(stderr, "");
  assert.deepEqual(
    JSON.parse(stdout),
    configparserCases.map((it) => it.parsed),
  );
});
