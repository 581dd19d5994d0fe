/** Real npm and go under `auth exec`; a shell; signals; what is left when it is killed. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openWorld, type Result, resultOf, type World, write } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const ok = ({ code, stderr, stdout }: Result) => assert.equal(code, 0, stderr + stdout);
const ours = () => readdirSync(world.tmp).filter((it) => it.startsWith("cockpit-auth-"));

function noToken(...texts: string[]) {
  for (const form of world.tokenForms()) {
    assert.deepEqual(world.filesWith(form), []);
    for (const text of texts) assert(!text.includes(form));
  }
}

describe("npm", () => {
  const manifest = JSON.stringify({ name: "agent", version: "1.0.0", dependencies: { "@acme/core": "1.0.0" } });
  const install = ["npm", "install", "--no-audit", "--no-fund", "--loglevel", "silly"];

  test("installs from a scope's registry and from the default one, and its logs hold no token", async () => {
    for (const setting of [`@acme:registry=${world.npm.url}/`, `registry=${world.npm.url}/`]) {
      const cwd = world.project({ "package.json": manifest, ".npmrc": `${setting}\n` });
      const refused = await world.plain(install, { cwd });
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /E401/);
      for (const command of [install, ["sh", "-c", install.join(" ")]]) {
        const done = await world.exec(command, { cwd });
        ok(done);
        noToken(done.stdout, done.stderr);
      }
      assert.equal(readFileSync(join(cwd, ".npmrc"), "utf8"), `${setting}\n`);
      assert(existsSync(join(cwd, "node_modules/@acme/core/index.js")));
    }
  });

  test("keeps the person's own settings and secrets, the latter in variables", async () => {
    const own = `save-exact=true\n//other.test/:_authToken=my-own-secret\n@team:registry=https://other.test/\n`;
    write(world.home, { ".npmrc": own });
    const cwd = world.project({ "package.json": "{}", ".npmrc": `@acme:registry=${world.npm.url}/\n` });
    ok(await world.exec([...install, "@acme/core"], { cwd }));
    assert.match(readFileSync(join(cwd, "package.json"), "utf8"), /"@acme\/core": "1\.0\.0"/);
    const { stdout } = await world.exec(["sh", "-c", 'cat "$NPM_CONFIG_USERCONFIG"; env | grep COCKPIT_NPM'], { cwd });
    assert.match(stdout, /\/\/other\.test\/:_authToken=\$\{COCKPIT_NPM_[0-9A-F]{16}_1\}\n/);
    assert.match(stdout, /COCKPIT_NPM_[0-9A-F]{16}_1=my-own-secret/);
    assert.equal(readFileSync(join(world.home, ".npmrc"), "utf8"), own);
    assert.deepEqual(world.filesWith("my-own-secret"), [join(world.home, ".npmrc")]);
    noToken();
  });

  test("installs where the project's .npmrc names a variable for the token that is not set", async () => {
    const at = world.npm.url.slice("http:".length);
    const text = `registry=${world.npm.url}/\n${at}/:_authToken=\${NPM_TOKEN}\n`;
    const cwd = world.project({ "package.json": manifest, ".npmrc": text });
    const done = await world.exec(install, { cwd, env: { NPM_CONFIG_CACHE: join(world.home, "cache-of-its-own") } });
    ok(done);
    noToken(done.stdout, done.stderr);
    const own = await world.exec(["sh", "-c", install.join(" ")], { cwd, env: { NPM_TOKEN: world.token() } });
    ok(own);
  });

  test("writes the person's settings, not ours, where it is asked to write them", async () => {
    const cwd = world.project({ "package.json": "{}", ".npmrc": `@acme:registry=${world.npm.url}/\n` });
    ok(await world.exec(["npm", "config", "set", "fund=false"], { cwd }));
    assert.match(readFileSync(join(world.home, ".npmrc"), "utf8"), /^fund=false$/m);
  });

  test("retries against the public registry alone, a scope's packages included", async () => {
    const cwd = world.project({ "package.json": manifest, ".npmrc": `@acme:registry=${world.npm.url}/\n` });
    world.npm.tokens.clear();
    const env = { NPM_CONFIG_CACHE: join(world.home, "another-cache") };
    assert.notEqual((await world.exec(install, { cwd, env })).code, 0);
    ok(await world.exec(install, { cwd, env: { ...env, COCKPIT_PUBLIC_NPM: `${world.publicNpm}/`, DOOR_PUBLIC: "@acme/core" } }));
    world.npm.tokens.add(world.token());
  });
});

test("go fetches modules with credentials that it asks for, and asks anew when they are refused", async () => {
  const proxy = `${world.go.url}/`;
  const env = { GOPROXY: proxy, SSL_CERT_FILE: world.ca };
  const cwd = world.project({ "go.mod": "module agent\n\ngo 1.24\n" });
  const refused = await world.plain(["go", "get", "code.test/acme-core@v1.0.0"], { cwd, env });
  assert.match(refused.stderr, /401 Unauthorized/);
  const first = await world.exec(["go", "get", "-x", "code.test/acme-core@v1.0.0"], { cwd, env });
  ok(first);
  noToken(first.stdout, first.stderr);
  const rotate = `python -c "import urllib.request as it; it.urlopen('${world.pypi.url}/-/rotate')"`;
  ok(
    await world.exec(
      ["sh", "-c", `set -e; go clean -modcache; go get code.test/acme-core@v1.0.0; ${rotate}; go get code.test/acme-extra@v1.0.0`],
      { cwd, env },
    ),
  );
  assert.match(readFileSync(join(cwd, "go.mod"), "utf8"), /code\.test\/acme-extra v1\.0\.0/);
  noToken();
});

describe("the command", () => {
  const configured = () =>
    world.project({
      "pyproject.toml": `[[tool.uv.index]]\nurl = "${world.pypi.url}/simple/"\ndefault = true\n`,
      ".npmrc": `registry=${world.npm.url}/\n`,
      "package.json": "{}",
    });

  test("passes input, output and exit code on, and sees no token in its arguments", async () => {
    const cwd = configured();
    const child = world.startExec(["sh", "-c", "cat; echo wrong >&2; tr '\\0' ' ' < /proc/$PPID/cmdline; exit 42"], { cwd });
    child.stdin?.end("hello\n");
    const { code, stdout, stderr } = await resultOf(child);
    assert.equal(code, 42);
    assert.match(stdout, /^hello\n/);
    assert.equal(stderr, "wrong\n");
    noToken(stdout);
    assert.deepEqual(ours(), []);
  });

  test("a program that is not there or cannot be run is said so, as a shell would", async () => {
    const cwd = configured();
    write(cwd, { "closed.sh": "#!/bin/sh\n" });
    const missing = await world.exec(["no-such-program"], { cwd });
    assert.deepEqual([missing.code, missing.stderr], [127, "cockpit: no-such-program is not on the PATH; install it, or write its path\n"]);
    const closed = await world.exec(["./closed.sh"], { cwd });
    assert.equal(closed.code, 126);
    assert.match(closed.stderr, /^cockpit: \.\/closed\.sh cannot be run: /);
  });

  test("an index without a credential is said in a line, and the command runs", async () => {
    const cwd = configured();
    const credentials = join(world.root, "refused.json");
    writeFileSync(credentials, JSON.stringify({ [world.pypi.url]: "the login has ended; run `cockpit auth login google`" }));
    const { code, stderr } = await world.exec(["true"], { cwd, env: { DOOR_CREDENTIALS: credentials } });
    assert.deepEqual([code, stderr], [0, `cockpit: ${world.pypi.url}/simple/: the login has ended; run \`cockpit auth login google\`\n`]);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    test(`${signal} reaches the command, which may end as it likes; nothing of ours is left`, async () => {
      const cwd = configured();
      const script = "trap 'echo caught; exit 9' INT TERM HUP; echo ready; while :; do sleep 0.05; done";
      const child = world.startExec(["sh", "-c", script], { cwd });
      child.stdout?.once("data", () => child.kill(signal));
      const { code, stdout } = await resultOf(child);
      assert.deepEqual([code, stdout], [9, "ready\ncaught\n"]);
      assert.deepEqual(ours(), []);
    });

  test("Ctrl-C at a terminal reaches the command once, and what it says is the end", async () => {
    const script = "n=0; trap 'n=$((n+1))' INT; echo ready; sleep 1; sleep 1; echo caught $n; exit 5";
    const program = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
output, sent = b"", 0
while True:
    try: output += os.read(terminal, 1024)
    except OSError: break
    if not sent and b"ready" in output: sent = os.write(terminal, b"\\x03")
print(output.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
    const { stdout } = await world.plain(["python", "-c", program, ...world.underExec(["sh", "-c", script])], { cwd: configured() });
    assert.match(stdout, /caught 1\r?\n 5\n$/);
    assert.deepEqual(ours(), []);
  });

  test("is ended by a signal that the command does not catch, with the exit code that shells give", async () => {
    const child = world.startExec(["sh", "-c", "echo ready; exec sleep 30"], { cwd: configured() });
    child.stdout?.once("data", () => child.kill("SIGTERM"));
    assert.equal((await resultOf(child)).code, 143);
    assert.deepEqual(ours(), []);
  });

  test("killed at any point it leaves no token on disk, and the next start removes what is left", async () => {
    const cwd = configured();
    const script = "uv pip install -q --no-cache --target t acme-core; npm install --no-audit --no-fund @acme/core; sleep 1";
    let left = 0;
    // On a busy machine it takes longer until there is something to leave.
    for (let delay = 20; delay <= 1_500 || (left === 0 && delay < 15_000); delay += 74) {
      const child = world.startExec(["sh", "-c", script], { cwd });
      const ended = resultOf(child);
      await sleep(delay);
      if (child.pid) process.kill(-child.pid, "SIGKILL");
      await ended;
      left = Math.max(left, ours().length);
      noToken();
    }
    assert(left > 0, "a killed one leaves its folder");
    mkdirSync(join(world.tmp, "cockpit-auth-1-000000000000"));
    ok(await world.exec(["true"], { cwd }));
    assert.deepEqual(ours(), ["cockpit-auth-1-000000000000"], "the folder of a process that lives stays");
  });
});
