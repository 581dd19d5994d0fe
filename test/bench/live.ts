/**
 * The Live Wire under load: OpenTelemetry's SDKs in Go, Python and JavaScript export spans of 1,000 agents to the real `cockpit fleet watch`, for a minute, then until the lake has so many events; every one that
 * was acknowledged must be there, once. Then, at 2,000 events/s, the time from the export of a call that breaks its budget to the line of its alert, and from such a line to the refused next call of a wrapped
 * agent. `npm run build && npm run bench -- live [--rate 21000] [--seconds 60] [--events 5000000] [--probes 300] [--pauses 10]`; needs Go, npm, PyPI and Linux, and about eight minutes. Exits with 1 when an
 * event is lost or there twice.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openSenders } from "./live-load.ts";
import { pauses } from "./live-pauses.ts";
import { openWatcher, within } from "./live-watcher.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "21000" },
    seconds: { type: "string", default: "60" },
    events: { type: "string", default: "5000000" },
    probes: { type: "string", default: "300" },
    pauses: { type: "string", default: "10" },
  },
});
const quietRate = 2000;

const folder = await mkdtemp(join(tmpdir(), "cockpit-live-"));
const send = await openSenders(folder);
const watcher = await openWatcher(folder, { budgets: [{ agent: "*", unit: "usd", per: "day", limit: 1000 }] });
const rows: { what: string; is: string | number; wanted: string; "": string }[] = [];

try {
  const load = await ingest(Number(values.rate), Number(values.seconds));
  const more = await fill(Number(values.events) - load.taken);
  const alerts = await latencies(Number(values.probes));
  const lake = await watcher.end();
  const acknowledged = load.taken + more.taken + alerts.taken;
  const failed = load.failed + more.failed + alerts.failed;
  row("exported, but given up by an exporter", failed, "0", failed === 0);
  row(
    "events acknowledged / in the lake / ids in the lake",
    [acknowledged, lake.events, lake.ids].map(thousands).join(" / "),
    "equal",
    isExact(),
  );
  const paused = await pauses(send, quietRate, Number(values.pauses));
  for (const [way, all] of Object.entries(paused.delays))
    if (all.length > 0)
      row(`alert line to refused call by ${way}, p50 / p99 / worst of ${all.length}, ms`, spread(all), "1,000", at(all, 0.99) <= 1000);
  console.table(rows);
  process.exitCode = isExact() && failed === 0 && paused.failed === 0 ? 0 : 1;

  function isExact() {
    return acknowledged === lake.events && lake.events === lake.ids;
  }
} finally {
  watcher.kill();
  await rm(folder, { recursive: true });
}

function row(what: string, is: string | number, wanted = "", isMet?: boolean) {
  rows.push({ what, is: typeof is === "number" ? thousands(is) : is, wanted, "": isMet === undefined ? "" : isMet ? "✓" : "✗" });
  console.error(`${what}: ${rows.at(-1)?.is}`);
}

async function ingest(rate: number, seconds: number) {
  const before = await watcher.processorSeconds();
  const { taken, failed, seconds: took, by } = await send(watcher.url, rate, seconds);
  const perSecond = taken / took;
  const busy = (await watcher.processorSeconds()) - before;
  row(`events/s taken for ${took.toFixed(0)} s (${thousands(rate)} offered)`, Math.round(perSecond), "20,000", perSecond >= 20_000);
  for (const [sender, count] of Object.entries(by)) row(`of them from ${sender}`, Math.round(count / took));
  row("processor time an event, µs", ((busy / taken) * 1e6).toFixed(1));
  row(
    "load average",
    loadavg()
      .map((it) => it.toFixed(1))
      .join(" "),
  );
  row("memory after that, MiB", await watcher.memory());
  return { taken, failed };
}

/** Goes on at the same rate. */
async function fill(events: number) {
  const all = { taken: 0, failed: 0, seconds: 0, worst: 0 };
  const looking = setInterval(
    () =>
      void watcher.memory().then(
        (it) => (all.worst = Math.max(all.worst, it)),
        () => {},
      ),
    1000,
  );
  while (all.taken < events) {
    const rate = Number(values.rate);
    const { taken, failed, seconds } = await send(watcher.url, rate, Math.min(60, Math.ceil((events - all.taken) / rate)));
    all.taken += taken;
    all.failed += failed;
    all.seconds += seconds;
  }
  clearInterval(looking);
  if (all.taken === 0) return all;
  row(`events/s for ${all.seconds.toFixed(0)} s more`, Math.round(all.taken / all.seconds));
  const memory = await watcher.memory();
  row(`memory after ${thousands(Number(values.events))} events, MiB`, memory, "238 (250 MB)", memory <= 238);
  row("the most of it meanwhile, MiB", all.worst);
  return all;
}

async function latencies(probes: number) {
  const background = send(watcher.url, quietRate, Math.ceil(probes / 20) + 2);
  await sleep(1000);
  const all: number[] = [];
  for (let i = 0; i < probes; i++) {
    const took = await within(60, "an alert about a budget", probe(i));
    all.push(took);
    await sleep(50 - Math.min(took, 50));
  }
  const { taken, failed } = await background;
  if (probes > 0)
    row(
      `export to alert line at ${thousands(quietRate)} events/s, p50 / p99 / worst of ${probes}, ms`,
      spread(all),
      "p99 100",
      at(all, 0.99) <= 100,
    );
  return { taken: taken + probes, failed };
}

/** Milliseconds from the export of a call that costs more than the budget to the line of its alert. */
async function probe(i: number): Promise<number> {
  const alerted = watcher.alertOf(`probe-${i}`);
  const since = performance.now();
  const answer = await fetch(`${watcher.url}/v1/traces`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: costly(i),
  });
  if (!answer.ok) throw new Error(`the probe was answered with ${answer.status}`);
  return (await alerted) - since;
}

function costly(i: number): string {
  const attribute = (key: string, value: object) => ({ key, value });
  const span = {
    traceId: `${i}`.padStart(32, "f"),
    spanId: `${i}`.padStart(16, "f"),
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [
      attribute("gen_ai.operation.name", { stringValue: "chat" }),
      attribute("gen_ai.agent.id", { stringValue: `probe-${i}` }),
      attribute("cockpit.cost.usd", { doubleValue: 2000 }),
    ],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

function at(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.min(Math.floor(all.length * share), all.length - 1)] ?? Number.NaN;
}

function spread(all: readonly number[]): string {
  return [0.5, 0.99, 1].map((it) => at(all, it).toFixed(at(all, 1) < 100 ? 1 : 0)).join(" / ");
}

function thousands(it: number): string {
  return it.toLocaleString("en");
}
