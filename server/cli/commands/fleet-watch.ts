/** `cockpit fleet watch`: takes events in as they happen until it is ended, or replays files. */
import { dirname } from "node:path";
import { alertText } from "../../fleet/alert-text.ts";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import { createAnomalies, fold, type Outcome, tick } from "../../fleet/anomaly/anomaly.ts";
import type { FleetEvent } from "../../fleet/event.ts";
import { plural } from "../../fleet/model/plural.ts";
import { keepHeapSmall } from "../../host/small-heap.ts";
import type { FleetInput } from "../../protocol/config-schema.ts";
import { type WatchLine, watchRequestSchema } from "../../protocol/fleet-watch.ts";
import { type AgentFeed, createAgentFeed } from "../../telemetry/agent-feed.ts";
import type { Intake } from "../../telemetry/connectors/connector.ts";
import type { LiveWire } from "../../telemetry/live-wire.ts";
import { anomalyOptionsOf } from "../../telemetry/options.ts";
import { type News, newsOf, type Sink } from "../../telemetry/sinks/sink.ts";
import { createWebhook } from "../../telemetry/sinks/webhook.ts";
import { startWatcher } from "../../telemetry/watch.ts";
import { cockpitFolder } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { outletsOf } from "../fleet/outlets.ts";
import { type Sources, sourcesOf } from "../fleet/sources.ts";
import { failureOf } from "../fleet/watch-failure.ts";
import { openWatchTable } from "../fleet/watch-table.ts";
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

interface Output {
  event(event: FleetEvent, outcome: Outcome): void;
  news(news: readonly News[]): void;
  /** What only programs are told. */
  tell(line: WatchLine): void;
  /** Resolves when the reader has taken what was written. */
  flush(): Promise<void>;
}

/** JSON is one object a line. Lines are written together: a replay has millions. */
function outputOf(flags: Flags, terminal: Terminal): Output {
  const isJson = flags.text("format") === "json";
  const withScores = flags.on("scores");
  let lines: string[] = [];
  const flush = async () => {
    const text = lines.join("");
    lines = [];
    if (text !== "") await terminal.out(text);
  };
  const write = (line: string) => {
    lines.push(`${line}\n`);
    if (lines.length === 1) setImmediate(() => void flush());
  };
  const tell = (line: WatchLine) => isJson && write(JSON.stringify(line));
  return {
    event({ id, time, agentId }, { score }) {
      if (!withScores) return;
      if (isJson) tell({ version: 1, kind: "score", time: new Date(time).toISOString(), agentId, id, score });
      else write(`${new Date(time).toISOString()}  ${printable(agentId)}  ${score.toFixed(3)}`);
    },
    news(news) {
      for (const it of news)
        if (isJson) tell({ version: 1, ...(it.kind === "alert" ? { kind: it.kind, ...told(it.alert) } : it) });
        else write(lineOf(it, terminal));
    },
    tell,
    flush,
  };
}

const told = (alert: Alert) => ({ alert, text: alertText(alert) });

function lineOf(news: News, { colors }: Terminal): string {
  if (news.kind === "signal") {
    const { agentId, reason, time, withheld } = news.signal;
    return `${stamp(time)}  ${colors.yellow(withheld ? "withheld" : "mothball")}  ${printable(agentId)}: ${printable(reason)}`;
  }
  const { alert } = news;
  const word = alert.status === "closed" ? colors.green("over    ") : colors.red("alert   ");
  return `${stamp(alert.updated)}  ${word}  ${printable(alertText(alert))}`;
}

const stamp = (time: number) => new Date(time).toISOString().slice(0, 19).replace("T", " ");

const isReplay = ({ connectors, replays }: Sources) => replays.length === connectors.length;

/** What a file says is looked at and not kept: it is there already, and its time is its own. */
async function replay({ replays }: Sources, fleet: FleetInput, output: Output, { signal }: Terminal): Promise<number> {
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
  signal.addEventListener("abort", stop);
  for (const it of replays) {
    await it.start(intake);
    await it.ended;
  }
  output.news(newsOf(tick(state, last)));
  await output.flush();
  return 0;
}

async function watch(
  sources: Sources,
  cockpit: string,
  fleet: FleetInput,
  output: Output,
  flags: Flags,
  terminal: Terminal,
): Promise<number> {
  keepHeapSmall();
  const { connectors, otlp } = sources;
  const signal = AbortSignal.any([terminal.signal, parentGone()]);
  const webhook = flags.text("webhook") ?? fleet.webhook;
  const sinks: Sink[] = [{ name: "terminal", tell: output.news, close: output.flush }];
  if (webhook) sinks.push(createWebhook({ url: webhook, secret: terminal.environment.COCKPIT_WEBHOOK_SECRET, onFailure: terminal.note }));
  const table = flags.text("format") === "json" ? undefined : await openWatchTable(cockpit, terminal);
  if (table) sinks.push(table.sink);
  const feed = flags.on("agents") ? agentFeed(cockpit, output, terminal) : table?.feed;
  const outlets = outletsOf(flags, fleet, terminal);
  const { ended, wire, lake } = await startWatcher({
    cockpit,
    fleet,
    connectors,
    sinks,
    ...(feed ? { onFresh: feed.hear } : {}),
    outlets,
    url: () => otlp?.url() ?? "",
    warn: terminal.note,
    signal,
  });
  if (!flags.on("quiet"))
    for (const it of connectors)
      terminal.note(
        `cockpit: ${it.name === "otlp" ? `listening on ${it.health().detail}; OTEL_EXPORTER_OTLP_ENDPOINT=${it.health().detail}` : it.name}`,
      );
  if (!flags.on("quiet")) for (const it of outlets) terminal.note(`cockpit: also to ${it.name}`);
  output.tell({ version: 1, kind: "listening", url: otlp?.url() ?? "", open: latestThatFit(openAlerts(wire).map(told)) });
  table?.begin(openAlerts(wire));
  feed?.start(lake);
  const drawing = table ? undefined : setInterval(() => terminal.progress(progressText(wire.counts())), 500);
  const counting = setInterval(countsTeller(wire, output), countsMs);
  try {
    await ended;
    for (const it of sinks) await it.close();
  } finally {
    clearInterval(drawing);
    clearInterval(counting);
    feed?.stop();
    table?.close();
    terminal.progress("");
  }
  if (table) await terminal.out(await table.report({ verbose: flags.on("verbose"), quiet: flags.on("quiet") }));
  if (!flags.on("quiet"))
    terminal.note(
      `cockpit: ${countsText([...connectors.map((it) => it.health().counts), ...outlets.map((it) => it.counts())], wire.counts())}`,
    );
  return 0;
}

/** Aborted when the program that started this one, with a channel to it, is no more: an editor's watcher ends with its window, however that ends. */
function parentGone(): AbortSignal {
  const gone = new AbortController();
  process.once("disconnect", () => gone.abort());
  process.channel?.unref();
  if (process.connected === false) gone.abort();
  return gone.signal;
}

/** Told on as JSON; who is looked at is asked over the channel to whoever started this process. */
function agentFeed(cockpit: string, output: Output, { note }: Terminal): AgentFeed {
  const feed = createAgentFeed({
    cockpit,
    async tell(lines) {
      for (const it of lines) output.tell(it);
      await output.flush();
    },
    now: Date.now,
    warn: (message) => note(`cockpit: ${message}`),
  });
  process.on("message", (message) => {
    const request = watchRequestSchema.safeParse(message);
    if (request.success) feed.look(request.data);
    else note(`cockpit: a message was not understood: ${request.error.issues[0]?.message}`);
  });
  process.channel?.unref();
  return feed;
}

/** The latest: more make a line longer than readers take. */
const openAlerts = ({ anomalies: { agents, newcomers } }: LiveWire): Alert[] =>
  [...agents.values(), ...newcomers.values()].flatMap(({ open }) => open.map((it) => it.alert)).slice(-mostOpen);
const mostOpen = 1000;

/** Names of hostile senders take six characters for one in JSON. Readers drop a line beyond a million. */
function latestThatFit<T>(all: readonly T[]): T[] {
  let left = 500_000;
  const fit = all.toReversed().filter((it) => {
    left -= JSON.stringify(it).length;
    return left >= 0;
  });
  return fit.reverse();
}

const countsMs = 5000;

/** Silent when nothing has changed, but for once: then readers know that it rests. */
function countsTeller(wire: LiveWire, output: Output): () => void {
  let [last, rests] = ["", true];
  return () => {
    const counts = wire.counts();
    const now = JSON.stringify(counts);
    if (now === last && rests) return;
    rests = now === last;
    last = now;
    output.tell({ version: 1, kind: "counts", time: Date.now(), counts });
  };
}

const progressText = (counts: Readonly<Record<string, number>>) =>
  `${plural(counts.events ?? 0, "event")}, ${plural(counts["alerts opened"] ?? 0, "alert")}`;

function countsText(connectors: readonly Readonly<Record<string, number>>[], wire: Readonly<Record<string, number>>): string {
  const all = [wire, ...connectors.map(({ events: _taken, ...others }) => others)].flatMap((it) => Object.entries(it));
  return all.length === 0 ? "no events" : all.map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(", ");
}
