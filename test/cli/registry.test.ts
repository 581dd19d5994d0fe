/** `cockpit registry check` through the real command, against indexes on loopback. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import * as z from "zod";
import { cockpit, workspace } from "./cockpit.ts";

const secret = "s3cret-token";
let status = 404;
const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(request.url ?? "");
  response.writeHead(status).end();
});
let url = "";
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  url = `127.0.0.1:${address.port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const agent = {
  "cockpit.json": '{ "publicPackages": ["openai"] }',
  "agents/a/pyproject.toml": '[project]\nname = "a"\ndependencies = ["OpenAI", "our-lib"]\n',
  "agents/a/agent.py": "from openai import OpenAI\n",
};

const environment = () => ({
  UV_DEFAULT_INDEX: `http://me:${secret}@${url}/simple`,
  PIP_INDEX_URL: `http://${url}/simple`,
  npm_config_registry: `http://${url}/`,
  GOPROXY: `http://${url}`,
  UV_NO_CONFIG: "1",
  PIP_CONFIG_FILE: "/dev/null",
});

const document = z.object({
  version: z.literal(1),
  indexes: z.array(z.object({ tool: z.string(), verdict: z.string(), status: z.number(), next: z.string() })),
  packages: z.array(z.object({ name: z.string(), format: z.string(), public: z.string().optional(), onLockOut: z.string() })),
  decisions: z.array(
    z.object({ tool: z.string(), action: z.string(), names: z.array(z.string()), reason: z.string(), suggestion: z.string() }),
  ),
});

async function check(args: readonly string[], answer: number) {
  status = answer;
  const cwd = workspace(agent);
  return cockpit(["registry", "check", ...args], { cwd, env: environment() });
}

test("every index is reachable: exit code 0, and what the agents depend on is listed", async () => {
  const { code, stdout, stderr } = await check(["--format", "json"], 404);
  assert.equal(code, 0, stderr);
  const { indexes, packages, decisions } = document.parse(JSON.parse(stdout));
  assert(indexes.every((it) => it.verdict === "reachable" && it.status === 404 && it.next === ""));
  const python = packages.filter((it) => it.format === "pypi").map((it) => [it.name, it.onLockOut]);
  assert.deepEqual(python, [
    ["agentops-cockpit", "retry-public"],
    ["openai", "retry-public"],
    ["our-lib", "stop"],
  ]);
  assert(decisions.every((it) => it.action === "use"));
});

test("an index that wants a login: exit code 1, the next step, and --public for exactly what is not known", async () => {
  const { code, stdout } = await check(["--format", "json"], 401);
  assert.equal(code, 1);
  const { indexes, decisions } = document.parse(JSON.parse(stdout));
  assert(indexes.every((it) => it.verdict === "needs-login" && it.next !== ""));
  const uv = decisions.find((it) => it.tool === "uv");
  assert.deepEqual([uv?.action, uv?.names], ["stop", ["our-lib"]]);
  assert.match(uv?.suggestion ?? "", /--public our-lib$/);
  assert(!stdout.includes(secret));
});

test("named packages and --public count alone; people see a line each, and no credential", async () => {
  seen.splice(0);
  const { code, stdout, stderr } = await check(["Our_Lib", "npm:@acme/ui", "--public", "our-lib,npm:@acme/ui"], 403);
  assert.equal(code, 1);
  assert.match(stdout, /^forbidden +uv .*\(403\)\n {2}next: /m);
  assert.match(stdout, /^pypi +our-lib .*on lock-out: asked of the public index \(on your list of public packages\)$/m);
  assert.match(stdout, /^npm +@acme\/ui /m);
  assert.match(stderr, /uv: .* would run it once more with the public index alone/);
  assert(!`${stdout}${stderr}`.includes(secret));
  assert(
    seen.every((it) => it === "/simple/our-lib/" || it === "/@acme%2fui" || it.includes("@v/list")),
    seen.join(" "),
  );
});
