/** `cockpit fleet watch`: takes events in as they happen until it is ended, or replays files. */
import { dirname } from "node:path";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import { createAnomalies, fold, tick } from "../../fleet/anomaly/anomaly.ts";
import { keepHeapSmall } from "../../host/small-heap.ts";
import { type FleetInput, webAddress } from "../../protocol/config-schema.ts";
import type { Intake } from "../../telemetry/connectors/connector.ts";
import type { LiveWire } from "../../telemetry/live-wire.ts";
import { anomalyOptionsOf } from "../../telemetry/options.ts";
import { newsOf, type Sink } from "../../telemetry/sinks/sink.ts";
import { createWebhook } from "../../telemetry/sinks/webhook.ts";
import { startWatcher } from "../../telemetry/watch.ts";
import { cockpitFolder } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { outletsOf } from "../fleet/outlets.ts";
import { type Sources, sourcesOf } from "../fleet/sources.ts";
import { failureOf } from "../fleet/watch-failure.ts";
import { createWatchLines } from "../fleet/watch-lines.ts";
import { type Output, outputOf } from "../fleet/watch-output.ts";
import { openWatchTable } from "../fleet/watch-table.ts";
import type { Counts, WatchView } from "../fleet/watch-view.ts";
import { openSession } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, plain: Terminal): Promise<number> {
  // What is said may hold words of senders.
  const terminal: Terminal = { ...plain, note: (text) => plain.note(printable(text)) };
  const { target, isFile, config } = await openSession(flags);
  const cockpit = cockpitFolder(isFile ? dirname(target) : target);
  if (flags.on("agents") && flags.text("format") !== "json") throw new UsageError("--agents is for programs: add --format json");
  const sources = sourcesOf(flags, cockpit, config.fleet, terminal);
  const output = outputOf(flags, terminal);
  try {
    if (isReplay(sources) && flags.on("agents"))
      throw new UsageError("--agents follows agents as they run; a file is replayed in its own time: leave one of the two out");
    if (isReplay(sources)) return await replay(sources, config.fleet, output, terminal);
    if (flags.on("scores"))
      throw new UsageError("--scores replays files alone; name them with --source file:PATH, without --live and --follow");
    return await watch(sources, cockpit, config.fleet, output, flags, terminal);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    output.tell({ version: 1, kind: "failed", reason: failureOf(error), message: error.message });
    await output.flush();
    throw new UsageError(error.message);
  }
}

const isReplay = ({ connectors, replays }: Sources) => replays.length === connectors.length;

/** What a file says is looked at and not kept: it is there already, and its time is its own. */
async function replay({ replays }: Sources, fleet: FleetInput, output: Output, terminal: Terminal): Promise<number> {
  const state = createAnomalies(anomalyOptionsOf(fleet));
  let last = 0;
  const intake: Intake = {
    isFull: () => false,
    async take(events) {
      for (const event of events) {
        const outcome = fold(state, event);
        output.event(event, outcome);
        output.news(newsOf(outcome));
        last = Math.max(last, event.time);
      }
      await output.flush();
      return { refused: {} };
    },
  };
  const stop = () => replays.map((it) => it.stop());
  for (const it of [terminal.signal, terminal.readerGone]) it.addEventListener("abort", stop);
  for (const it of replays) {
    await it.start(intake);
    await it.ended;
  }
  output.news(newsOf(tick(state, last)));
  await output.flush();
  return 0;
}

async function watch(
  { connectors, otlp }: Sources,
  cockpit: string,
  fleet: FleetInput,
  output: Output,
  flags: Flags,
  terminal: Terminal,
): Promise<number> {
  keepHeapSmall();
  const isQuiet = flags.on("quiet");
  const note = (text: string) => isQuiet || terminal.note(`cockpit: ${text}`);
  const url = () => otlp?.url() ?? "";
  const view =
    flags.text("format") === "json"
      ? createWatchLines({ cockpit, url, withAgents: flags.on("agents"), output, terminal })
      : await openWatchTable(cockpit, terminal);
  const sinks = sinksOf(view, output, flags, fleet, terminal);
  const outlets = outletsOf(flags, fleet, terminal);
  async function untilEnd() {
    const { ended, wire, lake } = await startWatcher({
      cockpit,
      fleet,
      connectors,
      sinks,
      ...(view.feed ? { onFresh: view.feed.hear } : {}),
      outlets,
      url,
      warn: terminal.note,
      signal: AbortSignal.any([terminal.signal, terminal.readerGone, parentGone()]),
    });
    for (const it of connectors) note(it === otlp ? `listening on ${url()}; OTEL_EXPORTER_OTLP_ENDPOINT=${url()}` : it.name);
    for (const it of outlets) note(`also to ${it.name}`);
    view.begin(openAlerts(wire), wire.counts);
    view.feed?.start(lake);
    await ended.finally(view.feed?.stop);
    return wire;
  }
  const closeAll = () => Promise.all(sinks.map((it) => it.close())).finally(view.close);
  // Also when it cannot go on, or not begin: alerts may have been told by then.
  const wire = await untilEnd().finally(closeAll);
  if (view.report) await terminal.out(await view.report({ verbose: flags.on("verbose"), quiet: isQuiet }));
  note(countsText([...connectors.map((it) => it.health().counts), ...outlets.map((it) => it.counts())], wire.counts()));
  return 0;
}

function sinksOf({ sink }: WatchView, output: Output, flags: Flags, fleet: FleetInput, { note, environment }: Terminal): Sink[] {
  const named = flags.text("webhook");
  // What was written may hold a token, and is not repeated.
  if (named !== undefined && !webAddress.safeParse(named).success)
    throw new UsageError("--webhook must be an address such as https://example.com/alerts");
  const url = named ?? fleet.webhook;
  return [
    { name: "terminal", tell: output.news, close: output.flush },
    ...(url ? [createWebhook({ url, secret: environment.COCKPIT_WEBHOOK_SECRET, onFailure: note })] : []),
    ...(sink ? [sink] : []),
  ];
}

/** Aborted when the program that started this one, with a channel to it, is no more: an editor's watcher ends with its window, however that ends. */
function parentGone(): AbortSignal {
  const gone = new AbortController();
  process.once("disconnect", () => gone.abort());
  process.channel?.unref();
  if (process.connected === false) gone.abort();
  return gone.signal;
}

/** The latest: more make a line longer than readers take. */
const openAlerts = ({ anomalies: { agents, newcomers } }: LiveWire): Alert[] =>
  [...agents.values(), ...newcomers.values()].flatMap(({ open }) => open.map((it) => it.alert)).slice(-mostOpen);
const mostOpen = 1000;

function countsText(connectors: readonly Counts[], wire: Counts): string {
  const all = [wire, ...connectors.map(({ events: _taken, ...others }) => others)].flatMap((it) => Object.entries(it));
  return all.length === 0 ? "no events" : all.map(([name, count]) => `${count.toLocaleString("en")} ${named(name, count)}`).join(", ");
}

const named = (name: string, count: number) => (count === 1 ? name.replace(/^(alert|event|signal)s\b/, "$1") : name);
