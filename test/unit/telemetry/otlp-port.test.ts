/** The OTLP port: who may send, what is too much, and what is answered. */
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { request } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { connect } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { PbfReader } from "pbf";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import type { Taken } from "../../../server/telemetry/connectors/connector.ts";
import { createOtlpConnector } from "../../../server/telemetry/connectors/otlp/connector.ts";
import { metricOf, metricsRequest, serialized, spanOf } from "./otlp-requests.ts";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

const body = serialized("traces", "protobuf", [spanOf({ "gen_ai.operation.name": "chat" })]);
const closers: (() => Promise<void>)[] = [];
after(() => Promise.all(closers.map((it) => it())));

async function port({
  token,
  take,
  isFull = false,
}: {
  token?: string;
  take?: (events: readonly FleetEvent[]) => Promise<Taken>;
  isFull?: boolean;
} = {}) {
  const taken: FleetEvent[] = [];
  const connector = createOtlpConnector({ host: "127.0.0.1", port: 0, token });
  await connector.start({
    isFull: () => isFull,
    take: async (events) => {
      if (take) return take(events);
      taken.push(...events);
      return { refused: {} };
    },
  });
  closers.push(connector.stop);
  const send = (
    headers: Record<string, string> = {},
    content: Uint8Array | Iterable<Uint8Array> = body,
    path = "/v1/traces",
    method = "POST",
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const all = { "Content-Type": "application/x-protobuf", ...headers };
      const sending = request(`${connector.url()}${path}`, { method, headers: all }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
      sending.on("error", reject);
      if (content instanceof Uint8Array) return sending.end(content);
      for (const chunk of content) sending.write(chunk);
      sending.end();
    });
  return { connector, taken, send, counts: () => connector.health().counts };
}

const mine = { Host: "127.0.0.1:4318" };

/** Headers of a request, the token that the port asks for, the status and what is counted. */
const access: [headers: Record<string, string>, token: string | undefined, status: number, counted: string][] = [
  [{}, undefined, 200, "events"],
  [{ Host: "localhost:4318" }, undefined, 200, "events"],
  [{ Host: "LocalHost:4318" }, undefined, 200, "events"],
  [{ Host: "[::1]:4318" }, undefined, 200, "events"],
  [{ Host: "127.9.9.9" }, undefined, 200, "events"],
  [{ ...mine, Origin: "https://example.com" }, undefined, 403, "from a web page"],
  [{ ...mine, Origin: "http://127.0.0.1:4318" }, undefined, 403, "from a web page"],
  [{ ...mine, Origin: "null" }, undefined, 403, "from a web page"],
  [{ Host: "rebound.example.com" }, undefined, 403, "foreign host"],
  [{ Host: "127.0.0.1.example.com" }, undefined, 403, "foreign host"],
  [{ Host: "localhost.example.com:80" }, undefined, 403, "foreign host"],
  [{}, "secret", 401, "no token"],
  [{ Authorization: "Bearer secre" }, "secret", 401, "no token"],
  [{ Authorization: "Bearer secret2" }, "secret", 401, "no token"],
  [{ Authorization: "secret" }, "secret", 401, "no token"],
  [{ Authorization: "Bearer secret" }, "secret", 200, "events"],
  [{ Authorization: "Bearer secret", Host: "collector.example.com" }, "secret", 200, "events"],
  [{ Authorization: "Bearer secret", Origin: "https://example.com" }, "secret", 403, "from a web page"],
];
for (const [headers, token, status, counted] of access)
  test(`${JSON.stringify(headers)}${token ? " where a token is asked for" : ""}: ${status}`, async () => {
    const { send, taken, counts } = await port(token ? { token } : {});
    assert.equal((await send(headers)).status, status);
    assert.deepEqual([taken.length, counts()[counted]], [status === 200 ? 1 : 0, 1]);
  });

test("whether a token is right is decided by a comparison in constant time, of digests of one length", async (t) => {
  const compared: number[][] = [];
  const decide = (verdict: boolean) => {
    t.mock.method(crypto, "timingSafeEqual", (given: Uint8Array, wanted: Uint8Array) => {
      compared.push([given.length, wanted.length]);
      return verdict;
    });
    syncBuiltinESMExports();
  };
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const { send } = await port({ token: "secret" });
  decide(true);
  assert.equal((await send({ Authorization: "Bearer wrong" })).status, 200);
  assert.equal((await send({})).status, 200);
  decide(false);
  assert.equal((await send({ Authorization: "Bearer secret" })).status, 401);
  assert.deepEqual(compared, Array(3).fill([32, 32]));
});

/** Of a refusal, a `google.rpc.Status`. */
function messageIn({ headers, body }: Answer): string {
  if (headers["content-type"] === "application/json") return JSON.parse(body.toString()).message;
  assert.equal(headers["content-type"], "application/x-protobuf");
  return new PbfReader(body).readFields(
    (field, said, reader) => (field === 2 ? Object.assign(said, { message: reader.readString() }) : {}),
    { message: "" },
  ).message;
}

test("a refusal is told in the encoding of the request, where it has one", async () => {
  const { send } = await port({ isFull: true });
  const types = ["application/x-protobuf", "application/protobuf", "application/json", "text/plain"];
  const answers = await Promise.all(types.map((it) => send({ "Content-Type": it })));
  const message = "busy; send it again";
  assert.deepEqual(
    answers.map((it) => [it.headers["content-type"], messageIn(it)]),
    [
      ["application/x-protobuf", message],
      ["application/x-protobuf", message],
      ["application/json", message],
      ["application/json", "send application/x-protobuf or application/json"],
    ],
  );
});

test("types and encodings are known however they are capitalised", async () => {
  const { send, taken } = await port();
  const { status } = await send({ "Content-Type": "Application/X-Protobuf", "Content-Encoding": "GZIP" }, gzipSync(body));
  assert.deepEqual([status, taken.length], [200, 1]);
});

test("who hangs up in the middle, or speaks no HTTP, is counted as that", async () => {
  const { connector, counts } = await port();
  const { port: number, hostname } = new URL(connector.url());
  const counted = async (text: string, what: string) => {
    const socket = connect(Number(number), hostname);
    socket.on("error", () => {});
    socket.write(text);
    await sleep(50);
    socket.destroy();
    for (const end = Date.now() + 5000; counts()[what] === undefined && Date.now() < end; ) await sleep(5);
  };
  await counted("no HTTP\r\n\r\n", "malformed");
  assert.deepEqual(counts(), { malformed: 1 });
  await counted("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", "cut off");
  assert.deepEqual(counts(), { malformed: 1, "cut off": 1 });
});

const megabyte = 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(200 * megabyte));

/** A request that is refused: its headers, body, path, method, status, what is counted. */
const refused: [
  name: string,
  headers: Record<string, string>,
  content: Uint8Array | Iterable<Uint8Array>,
  path: string,
  method: string,
  status: number,
  counted: string,
][] = [
  ["a bomb", { "Content-Encoding": "gzip" }, bomb, "/v1/traces", "POST", 413, "too large"],
  [
    "a bomb of the other kind",
    { "Content-Encoding": "deflate" },
    deflateSync(Buffer.alloc(200 * megabyte)),
    "/v1/traces",
    "POST",
    413,
    "too large",
  ],
  ["no gzip", { "Content-Encoding": "gzip" }, body, "/v1/traces", "POST", 400, "malformed"],
  ["cut gzip", { "Content-Encoding": "gzip" }, gzipSync(body).subarray(0, -9), "/v1/traces", "POST", 400, "malformed"],
  ["an unknown encoding", { "Content-Encoding": "zstd" }, body, "/v1/traces", "POST", 415, "unknown encoding"],
  ["an encoding that is the name of a method", { "Content-Encoding": "constructor" }, body, "/v1/traces", "POST", 415, "unknown encoding"],
  ["plain text", { "Content-Type": "text/plain" }, body, "/v1/traces", "POST", 415, "unknown content type"],
  ["JSON that is protobuf", { "Content-Type": "application/json" }, body, "/v1/traces", "POST", 400, "malformed"],
  ["cut protobuf", {}, body.slice(0, -3), "/v1/traces", "POST", 400, "malformed"],
  ["another path", {}, body, "/v1/profiles", "POST", 404, "unknown path"],
  ["a GET", {}, new Uint8Array(), "/v1/traces", "GET", 405, "not a POST"],
];
for (const [name, headers, content, path, method, status, counted] of refused)
  test(`${name} is refused with ${status}, and the next request is taken`, async () => {
    const { send, taken, counts } = await port();
    const answer = await send(headers, content, path, method);
    assert.deepEqual([answer.status, counts()[counted], taken.length], [status, 1, 0]);
    assert.ok(messageIn(answer).length > 3);
    assert.equal((await send()).status, 200);
  });

test("100 MB are refused as they come, whether their length is said or not, and fill no memory", async () => {
  const { send, counts } = await port();
  const before = process.memoryUsage().rss;
  const outcome = (sending: Promise<Answer>) => sending.then((it) => it.status).catch((error: NodeJS.ErrnoException) => error.code ?? "");
  const said = await outcome(send({ "Content-Length": String(100 * megabyte) }, [Buffer.alloc(megabyte)]));
  const unsaid = await outcome(send({ "Transfer-Encoding": "chunked" }, Array(12).fill(Buffer.alloc(megabyte))));
  // Who still writes may see the closed connection before the answer.
  for (const it of [said, unsaid]) assert.ok(it === 413 || it === "ECONNRESET" || it === "EPIPE", String(it));
  assert.equal(counts()["too large"], 2);
  assert.ok(process.memoryUsage().rss - before < 100 * megabyte);
  assert.equal((await send()).status, 200);
});

test("bombs that come together are told to come again where there is no room, and all are taken in the end", async () => {
  const { send, counts } = await port();
  const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
  const large = gzipSync(Buffer.concat([Buffer.from('{"resourceSpans":[]}'), Buffer.alloc(31 * megabyte, " ")]));
  let left = 12;
  let told = 0;
  for (let round = 0; round < 12 && left > 0; round++) {
    const answers = await Promise.all(Array.from({ length: left }, () => send(headers, large)));
    const again = answers.filter((it) => it.status === 503 && it.headers["retry-after"] === "1");
    assert.equal(answers.filter((it) => it.status === 200).length, left - again.length);
    assert.ok(again.length < left);
    left = again.length;
    told += left;
  }
  assert.deepEqual([left, counts()["told to wait"]], [0, told]);
  assert.ok(told >= 10);
});

test("what is refused for good is said in the answer, in both encodings", async () => {
  const { send } = await port({ take: async () => ({ refused: { "from the future": 2, "without an id": 1 } }) });
  const json = await send({ "Content-Type": "application/json" }, Buffer.from("{}"));
  assert.deepEqual(JSON.parse(json.body.toString()), {
    partialSuccess: { rejectedSpans: "3", errorMessage: "2 from the future, 1 without an id" },
  });
  const protobuf = await send();
  const text = Buffer.from("2 from the future, 1 without an id");
  assert.deepEqual(protobuf.body, Buffer.concat([Buffer.from([10, text.length + 4, 8, 3, 18, text.length]), text]));
});

test("when it cannot be kept or there is too much, the sender is told to come again", async () => {
  const broken = await port({ take: () => Promise.reject(new Error("disk full")) });
  const full = await port({ isFull: true });
  for (const [{ send, counts }, counted, seconds] of [
    [broken, "not kept", "5"],
    [full, "told to wait", "1"],
  ] as const) {
    const { status, headers } = await send();
    assert.deepEqual([status, headers["retry-after"], counts()], [503, seconds, { ...counts(), [counted]: 1 }]);
  }
});

test("what a sum added in a request that is not kept is told by the next", async () => {
  const told: unknown[] = [];
  let isBroken = false;
  const { send } = await port({
    take: async (events) => {
      if (isBroken) throw new Error("disk full");
      told.push(...events.map((it) => it.metrics));
      return { refused: {} };
    },
  });
  const since = Math.ceil(Date.now() / 1000 - 1_740_974_706);
  const statuses: number[] = [];
  for (const [after, value] of [
    [1, 100],
    [2, 1100],
    [3, 1150],
  ] as const) {
    isBroken = after === 2;
    const request = metricsRequest([metricOf("tokens", "sum", "cumulative", [{ since, after: since + after, value }])]);
    statuses.push((await send({}, serialized("metrics", "protobuf", request), "/v1/metrics")).status);
  }
  assert.deepEqual(
    [statuses, told],
    [
      [200, 503, 200],
      [{ tokens: 100 }, { tokens: 1050 }],
    ],
  );
});

test("a port in use is said in a sentence", async () => {
  const { connector } = await port();
  const second = createOtlpConnector({ host: "127.0.0.1", port: Number(new URL(connector.url()).port) });
  await assert.rejects(
    second.start({ isFull: () => false, take: async () => ({ refused: {} }) }),
    /^Error: port \d+ is in use, .* --port$/,
  );
});
