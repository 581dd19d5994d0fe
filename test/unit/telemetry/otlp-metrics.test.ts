/** What a data point of OpenTelemetry tells: of sums and distributions what was added, whichever way they are counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PbfWriter } from "pbf";
import { eventOfSignal } from "../../../server/telemetry/connectors/otlp/events.ts";
import { decodeJson } from "../../../server/telemetry/connectors/otlp/json.ts";
import { decodeProtobuf } from "../../../server/telemetry/connectors/otlp/protobuf.ts";
import { createReadings } from "../../../server/telemetry/connectors/otlp/readings.ts";
import type { Signal, SignalPath } from "../../../server/telemetry/connectors/otlp/signals.ts";
import { saneEvents } from "../../../server/telemetry/sane-events.ts";
import { exponentialOf, histogramOf, logOf, type MetricPoint, metricOf, metricsRequest, serialized } from "./otlp-requests.ts";

const encodings = ["json", "protobuf"] as const;
const begin = 1_740_974_706_250;

/** A reader of requests, as a port has one. `listeningSince` in seconds after the first point. */
function reader(encoding: (typeof encodings)[number], { listeningSince = 1, mostSeries = 100 } = {}) {
  const { read } = createReadings(begin + listeningSince * 1000, { mostSeries })();
  return (path: SignalPath, items: unknown) => decoded(encoding, path, items).map((it) => eventOfSignal(it, read));
}

function decoded(encoding: (typeof encodings)[number], path: SignalPath, items: unknown): Signal[] {
  const bytes = serialized(path, encoding, items);
  return encoding === "json" ? decodeJson(path, Buffer.from(bytes).toString()) : decodeProtobuf(path, bytes);
}

type Case = [name: string, ...of: [...Parameters<typeof metricOf>, told: (number | undefined)[]]];

const at = (after: number, value: unknown, since = 0): MetricPoint => ({ after, value, since });

const cases: Case[] = [
  ["a gauge is told as it is", "m", "gauge", "cumulative", [at(1, 5), at(2, 3)], true, [5, 3]],
  ["a sum since the point before is told as it is", "m", "sum", "delta", [at(1, 5), at(2, 3)], true, [5, 3]],
  ["a sum that may fall is told as it is", "m", "sum", "cumulative", [at(1, 5), at(2, 3)], false, [5, 3]],
  ["of a sum since the start, what was added", "m", "sum", "cumulative", [at(1, 50), at(2, 53), at(3, 53)], true, [undefined, 3, 0]],
  [
    "a sum that began while somebody listened is told from its first point on",
    "m",
    "sum",
    "cumulative",
    [at(3, 5, 2), at(4, 7, 2)],
    true,
    [5, 2],
  ],
  [
    "a sum that began again is told from its new start",
    "m",
    "sum",
    "cumulative",
    [at(1, 50), at(3, 60, 2), at(4, 70, 2)],
    true,
    [undefined, 60, 10],
  ],
  [
    "a sum that began again is told from its new start, where its clock was set back, too",
    "m",
    "sum",
    "cumulative",
    [at(1, 50), at(9, 55), at(5, 60, 4), at(6, 70, 4)],
    true,
    [undefined, 5, 60, 10],
  ],
  [
    "two processes that write under one name are counted apart",
    "m",
    "sum",
    "cumulative",
    [at(2, 1000), at(3, 10, 2), at(4, 1005), at(5, 12, 2), at(6, 1010), at(7, 15, 2)],
    true,
    [undefined, 10, 5, 2, 5, 3],
  ],
  ["a sum that began again without saying so is lower", "m", "sum", "cumulative", [at(1, 50), at(3, 4)], true, [undefined, 4]],
  [
    "a point that comes again says the same, an older one nothing",
    "m",
    "sum",
    "cumulative",
    [at(1, 5), at(3, 9), at(3, 9), at(2, 7), at(4, 10)],
    true,
    [undefined, 4, 4, undefined, 1],
  ],
  ["of a histogram the mean", "m", "histogram", "delta", [at(1, histogramOf(4, 10)), at(2, histogramOf(0, 0))], true, [2.5, undefined]],
  [
    "of a histogram since the start, the mean of what was added",
    "m",
    "histogram",
    "cumulative",
    [at(1, histogramOf(4, 10)), at(2, histogramOf(6, 40)), at(3, histogramOf(6, 40))],
    true,
    [undefined, 15, undefined],
  ],
  [
    "an exponential histogram is one, too",
    "m",
    "exponential",
    "cumulative",
    [at(1, exponentialOf(4, 10)), at(2, exponentialOf(6, 40))],
    true,
    [undefined, 15],
  ],
];

for (const encoding of encodings) {
  for (const [name, metric, kind, temporality, points, isMonotonic, told] of cases)
    test(`${encoding}: ${name}`, () => {
      const events = reader(encoding)("metrics", metricsRequest([metricOf(metric, kind, temporality, points, isMonotonic)]));
      assert.deepEqual(
        events.map((it) => it?.metrics?.[metric]),
        told,
      );
    });

  test(`${encoding}: tokens of both directions are two metrics, and points that differ in any attribute two events`, () => {
    const points = ["input", "output", "output"].map((type, i) => ({
      value: 7,
      attributes: { "gen_ai.token.type": type, "server.address": `host-${i}` },
    }));
    const read = reader(encoding);
    const events = read("metrics", metricsRequest([metricOf("tokens", "sum", "delta", points)]));
    assert.deepEqual(
      events.map((it) => it?.metrics),
      [{ "tokens.input": 7 }, { "tokens.output": 7 }, { "tokens.output": 7 }],
    );
    assert.equal(new Set(events.map((it) => it?.id)).size, 3);
    const again = read("metrics", metricsRequest([metricOf("tokens", "sum", "delta", points)]));
    assert.deepEqual(again, events);
  });

  test(`${encoding}: series that differ in an attribute that is not read are counted apart`, () => {
    const point = (host: string, after: number, value: number) => ({ attributes: { "server.address": host }, after, value });
    const points = [point("a", 1, 10), point("b", 1, 100), point("a", 2, 11), point("b", 2, 103)];
    const events = reader(encoding)("metrics", metricsRequest([metricOf("m", "sum", "cumulative", points)]));
    assert.deepEqual(
      events.map((it) => it?.metrics?.m),
      [undefined, undefined, 1, 3],
    );
  });

  test(`${encoding}: of more series than are remembered, one that comes back is not taken for a new one`, () => {
    const point = (host: string, after: number) => ({ attributes: { "server.address": host }, after, since: 2, value: after });
    const points = [point("a", 3), point("b", 4), point("c", 5), point("a", 6), point("a", 7)];
    const events = reader(encoding, { mostSeries: 2 })("metrics", metricsRequest([metricOf("m", "sum", "cumulative", points)]));
    assert.deepEqual(
      events.map((it) => it?.metrics?.m),
      [3, 4, 5, undefined, 1],
    );
  });

  test(`${encoding}: a point of a time that cannot be is refused as an event, and says nothing of its series`, () => {
    const now = () => begin + 5000;
    for (const after of [2 * 24 * 60 * 60, 1e9]) {
      const { read } = createReadings(begin, { mostSeries: 2, now })();
      const points = [at(1, 5, 1), at(after, 50, 1), at(2, 7, 1)];
      const events = decoded(encoding, "metrics", metricsRequest([metricOf("m", "sum", "cumulative", points)])).map((it) =>
        eventOfSignal(it, read),
      );
      assert.deepEqual(
        events.map((it) => it?.metrics?.m),
        [5, 50, 2],
      );
      const { events: sane, refused } = saneEvents(
        events.filter((it) => it !== undefined),
        { now: now(), keepMs: 10_000 },
      );
      assert.deepEqual([sane.length, refused], [2, { "from the future": 1 }]);
    }
  });

  test(`${encoding}: series whose clock is ahead, however many, keep none that begins later from being told`, () => {
    const { read } = createReadings(begin, { mostSeries: 2, now: () => begin + 5000 })();
    const point = (host: string, after: number, since: number) => ({ attributes: { "server.address": host }, after, since, value: 7 });
    const points = [...["a", "b", "c"].map((it) => point(it, 3600, 1)), point("d", 6, 4), point("e", 7, 6)];
    const events = decoded(encoding, "metrics", metricsRequest([metricOf("m", "sum", "cumulative", points)])).map((it) =>
      eventOfSignal(it, read),
    );
    assert.deepEqual(
      events.map((it) => it?.metrics?.m),
      [7, 7, 7, undefined, 7],
    );
  });

  test(`${encoding}: logs that differ in an attribute that is not read, or in their resource, are two events`, () => {
    const chat = { "gen_ai.operation.name": "chat" };
    const logs = [logOf({ ...chat, "retry.number": 1 }), logOf({ ...chat, "retry.number": 2 })];
    const elsewhere = { attributes: { "service.name": "billing", "service.instance.id": "2" }, asyncAttributesPending: false };
    const events = reader(encoding)("logs", [...logs, { ...logOf({ ...chat, "retry.number": 1 }), resource: elsewhere }]);
    assert.equal(new Set(events.map((it) => it?.id)).size, 3);
  });
}

const summary = {
  json: () => {
    const points = [
      { timeUnixNano: "1000000000", count: "4", sum: 10 },
      { timeUnixNano: "2000000000", count: "6", sum: 40 },
    ];
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", summary: { dataPoints: points } }] }] }] };
    return decodeJson("metrics", JSON.stringify(request));
  },
  protobuf: () => {
    const writer = new PbfWriter();
    const inside = (fields: readonly number[], write: () => void): void => {
      const [field, ...rest] = fields;
      if (field === undefined) write();
      else writer.writeMessage(field, () => inside(rest, write), {});
    };
    inside([1, 2, 2], () => {
      writer.writeStringField(1, "m");
      for (const [seconds, count, sum] of [
        [1, 4, 10],
        [2, 6, 40],
      ] as const)
        inside([11, 1], () => {
          writer.writeFixed64Field(3, seconds * 1e9);
          writer.writeFixed64Field(4, count);
          writer.writeDoubleField(5, sum);
        });
    });
    return decodeProtobuf("metrics", writer.finish());
  },
};
for (const encoding of encodings)
  test(`${encoding}: a summary is a distribution since the start`, () => {
    const { read } = createReadings(begin)();
    const events = summary[encoding]().map((it) => eventOfSignal(it, read));
    assert.deepEqual(
      events.map((it) => it?.metrics),
      [undefined, { m: 15 }],
    );
  });

test("a series of more attributes than a call takes arguments is one like others", () => {
  const attributes = Object.fromEntries(Array.from({ length: 150_000 }, (_, at) => [`k${at}`, true]));
  const points = [1, 2].map((after) => ({ attributes, after, value: after }));
  const events = reader("protobuf")("metrics", metricsRequest([metricOf("m", "sum", "cumulative", points)]));
  assert.deepEqual(
    events.map((it) => it?.metrics?.m),
    [undefined, 1],
  );
});

/** What requests of one sum, or of distributions, tell; `giveBack` says that one of them was not kept. */
function requests() {
  const readPoints = createReadings(begin - 1000);
  return (kind: "sum" | "histogram", ...points: MetricPoint[]) => {
    const { read, giveBack } = readPoints();
    const events = decoded("json", "metrics", metricsRequest([metricOf(kind, kind, "cumulative", points)])).map((it) =>
      eventOfSignal(it, read),
    );
    return { told: events.map((it) => it?.metrics?.[kind]), giveBack };
  };
}

test("what was not kept is told again when it comes again, and by the next point when it does not", () => {
  const request = requests();
  const first = [at(1, 100), at(2, 150)];
  const refused = request("sum", ...first);
  refused.giveBack();
  assert.deepEqual(
    [refused.told, request("sum", ...first).told],
    [
      [100, 50],
      [100, 50],
    ],
  );
  request("sum", at(3, 1100)).giveBack();
  assert.deepEqual([request("sum", at(4, 1150)).told, request("sum", at(5, 1160)).told], [[1000], [10]]);
  request("histogram", { after: 1, value: histogramOf(4, 10) }).giveBack();
  assert.deepEqual(request("histogram", { after: 2, value: histogramOf(6, 40) }).told, [40 / 6]);
});

test("what was not kept is told once, also where a later request was kept before that was known", () => {
  const request = requests();
  assert.deepEqual(request("sum", at(1, 100)).told, [100]);
  const refused = request("sum", at(2, 1100), at(3, 1200));
  assert.deepEqual(request("sum", at(4, 1250)).told, [50]);
  refused.giveBack();
  assert.deepEqual([request("sum", at(4, 1250)).told, request("sum", at(5, 1260)).told], [[50], [1110]]);
});

test("a time that is no number says nothing of its series, nor of others", () => {
  const { read } = createReadings(begin, { mostSeries: 2 })();
  const point = (host: string, timeUnixNano: unknown, startedAt: number) => ({
    timeUnixNano,
    startTimeUnixNano: startedAt * 1e6,
    asInt: 7,
    attributes: [{ key: "host", value: { stringValue: host } }],
  });
  const dataPoints = [...["a", "b", "c"].map((it) => point(it, "soon", begin + 1)), point("d", (begin + 2) * 1e6, begin + 1)];
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
  const signals = decodeJson("metrics", JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", sum }] }] }] }));
  assert.deepEqual(
    signals.map((it) => eventOfSignal(it, read)?.metrics?.m),
    [7, 7, 7, 7],
  );
});
