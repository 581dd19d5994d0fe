/** The watch of a command's indexes: what it sends where, how soon it decides, and what it leaves alone. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { after, test } from "node:test";
import { runWatched } from "../../../server/auth/failover/watch.ts";
import type { PackageIndex } from "../../../server/auth/package-index.ts";
import { probe } from "../../../server/auth/probe.ts";

const servers: ReturnType<typeof createServer>[] = [];
after(() => {
  for (const it of servers) {
    it.closeAllConnections();
    it.close();
  }
});

async function serve(answer: RequestListener): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? "no credential"}`);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

const indexAt = (url: string, name = "corp"): PackageIndex => ({
  name,
  tool: "uv",
  format: "pypi",
  url: `${url}/simple`,
  isDefault: true,
  from: "the test",
});
const credential = { username: "me", secret: "s3cret" };

test("the decision comes with the first lock-out, whatever the other indexes do", async () => {
  const [refusing, hanging] = [await serve((_, response) => response.writeHead(403).end()), await serve(() => {})];
  const lines: string[] = [];
  const runs: Readonly<Record<string, string | undefined>>[] = [];
  const { exitCode, outcome, retried } = await runWatched(
    [indexAt(hanging.url, "slow"), indexAt(refusing.url)],
    ["uv", "pip", "install", "requests"],
    {
      folder: "/",
      env: { UV_INDEX_CORP_PASSWORD: "s3cret" },
      listed: ["requests"],
      run: async (_, env) => runs.push(env),
      say: (it) => lines.push(it),
    },
  );
  assert.deepEqual([exitCode, retried, outcome?.decision.names], [2, true, ["requests"]]);
  assert.equal(runs[1]?.UV_DEFAULT_INDEX, "https://pypi.org/simple");
  assert.equal(runs[1]?.UV_INDEX_CORP_PASSWORD, undefined);
  assert((outcome?.decidedAt ?? Number.NaN) - (outcome?.seenAt ?? 0) < 300);
  assert.deepEqual(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /^index corp .*\(403\); all it asks for is known to be public \(requests: on your list .*\): trying once more with the public index alone$/,
  );
});

test("a public index is asked for names only that are known to be public, a private one for all", async () => {
  const [open, corp] = [
    await serve((_, response) => response.writeHead(404).end()),
    await serve((_, response) => response.writeHead(404).end()),
  ];
  const env = { COCKPIT_PUBLIC_PYPI: `${open.url}/simple` };
  const command = ["uv", "pip", "install", "requests", "our-lib"];
  const { retried } = await runWatched([indexAt(open.url, "open"), indexAt(corp.url)], command, {
    folder: "/",
    env,
    listed: ["requests"],
    run: async () => 1,
    say: () => {},
  });
  assert.equal(retried, false);
  assert.deepEqual(open.seen, ["/simple/requests/ no credential"]);
  assert.deepEqual(corp.seen.sort(), ["/simple/our-lib/ no credential", "/simple/requests/ no credential"]);
});

test("a redirect is followed, but no credential goes to another host, and none is in what is said", async () => {
  const login = await serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<form>Log in</form>"));
  const corp = await serve((_, response) => response.writeHead(302, { location: `${login.url}/login` }).end());
  const seen = await probe(indexAt(corp.url), { credential, packages: ["our-lib"], env: {} });
  assert.equal(seen.verdict, "cordoned");
  assert.deepEqual([corp.seen, login.seen], [["/simple/our-lib/ Basic bWU6czNjcmV0"], ["/login no credential"]]);
  assert.doesNotMatch(JSON.stringify({ ...seen, index: undefined }), /s3cret|bWU6/);
});

test("a redirect from a private index to the public one is not followed: the address has the name in it", async () => {
  const open = await serve((_, response) => response.writeHead(404).end());
  const corp = await serve((_, response) => response.writeHead(302, { location: `${open.url}/simple/our-lib/` }).end());
  const env = { COCKPIT_PUBLIC_PYPI: `${open.url}/simple` };
  const seen = await probe(indexAt(corp.url), { packages: ["our-lib"], env });
  assert.deepEqual([corp.seen, open.seen], [["/simple/our-lib/ no credential"], []]);
  assert.equal(seen.verdict, "reachable");
});

test("a proxy that wants a login of its own cordons, for encrypted and plain addresses", async () => {
  const proxy = await serve((_, response) => response.writeHead(407).end());
  servers.at(-1)?.on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
  for (const url of ["http://corp.invalid", "https://corp.invalid"]) {
    const seen = await probe(indexAt(url), { packages: [], env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
    assert.deepEqual([url, seen.verdict], [url, "cordoned"]);
  }
});

test("a proxy that says nothing keeps nobody waiting", async () => {
  const proxy = await serve(() => {});
  servers.at(-1)?.on("connect", () => {});
  for (const url of ["http://corp.invalid", "https://corp.invalid"]) {
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const seen = await probe(indexAt(url), { packages: [], timeoutMs: 200, env });
    assert.deepEqual([url, seen.verdict], [url, "offline"]);
    await assert.rejects(probe(indexAt(url), { packages: [], signal: AbortSignal.timeout(50), env }), { name: "TimeoutError" });
  }
});

const pages: [name: string, body: string, verdict: string][] = [
  ["an index without files", "<!doctype html><title>Simple index</title><h1>Links</h1>", "reachable"],
  ["files", '<html><body><a href="../../a-1-py3-none-any.whl#sha256=aa">a</a></body></html>', "reachable"],
  ["files of a login library", '<html><a href="/f/login-1.tar.gz">login-1.tar.gz</a></html>', "reachable"],
  ["a form", '<html><form action="/x"></form></html>', "cordoned"],
  ["a refresh", '<html><meta http-equiv="refresh" content="0;url=/portal"></html>', "cordoned"],
  ["a page that says so", "<html><a href='/sso'>Sign in to continue</a></html>", "cordoned"],
];

for (const [name, body, verdict] of pages)
  test(`a page with ${name} is ${verdict}`, async () => {
    const { url } = await serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(body));
    assert.equal((await probe(indexAt(url), { packages: ["a"], env: {} })).verdict, verdict);
  });

for (const [status, verdict] of [
  [404, "reachable"],
  [410, "reachable"],
  [429, "offline"],
  [500, "offline"],
  [503, "offline"],
  [511, "cordoned"],
] as const)
  test(`${status} is ${verdict}`, async () => {
    const { url } = await serve((_, response) => response.writeHead(status).end());
    assert.equal((await probe(indexAt(url), { packages: ["a"], env: {} })).verdict, verdict);
  });

test("nothing listens: offline", async () => {
  const seen = await probe(indexAt("http://127.0.0.1:1"), { packages: ["a"], env: {} });
  assert.deepEqual([seen.verdict, seen.detail], ["offline", "it cannot be reached (ECONNREFUSED)"]);
});
