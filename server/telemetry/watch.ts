/** A watcher: the lake, the Live Wire over it, and the connectors that feed it, from start to end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../fleet/event.ts";
import type { FleetInput } from "../protocol/config-schema.ts";
import type { Connector, ConnectorHealth } from "./connectors/connector.ts";
import { type Lake, openLake } from "./lake/lake.ts";
import { type LiveWire, openLiveWire } from "./live-wire.ts";
import { createMothballEndpoint } from "./mothball/endpoint.ts";
import { createPausingSink } from "./mothball/pausing-sink.ts";
import { anomalyOptionsOf, limitsOf } from "./options.ts";
import type { Outlet } from "./outlets/outlet.ts";
import type { Sink } from "./sinks/sink.ts";
import { claimWatch } from "./watch-claim.ts";
import { lakeFileIn, makeLakeFolder } from "./workspace.ts";

export interface WatchOptions {
  /** The `.cockpit` of the workspace. Absolute. */
  cockpit: string;
  fleet: FleetInput;
  connectors: readonly Connector[];
  sinks: readonly Sink[];
  outlets?: readonly Outlet[];
  /** Where agents reach it, once it runs. */
  url(): string;
  warn(message: string): void;
  /** Events that have come in. */
  onFresh?(events: readonly FleetEvent[]): void;
  signal: AbortSignal;
}

export interface Watcher {
  wire: LiveWire;
  lake: Lake;
  /** Resolves when it was ended by its signal, or rejects when it cannot go on. Everything that was taken is kept then. */
  ended: Promise<void>;
}

export async function startWatcher(options: WatchOptions): Promise<Watcher> {
  const { cockpit, fleet, connectors, sinks, outlets = [], warn, signal } = options;
  await makeLakeFolder(cockpit);
  const claim = await claimWatch(cockpit);
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const closers: (() => Promise<void>)[] = [claim.giveUp];
  const closeAll = async () => {
    for (const close of closers.reverse()) await close().catch((error: unknown) => warn(String(error)));
  };
  try {
    const lake = await openLake(lakeFileIn(cockpit), {
      onMoved: (to, why) => warn(`the lake was damaged (${why}): it was moved to ${to}, and a new one begun`),
      onLost: lost.reject,
    });
    closers.push(lake.close);
    for (const it of outlets) {
      await it.start(lake);
      closers.push(it.stop);
    }
    const pausing = createPausingSink(cockpit, warn);
    closers.push(pausing.close);
    const wire = await openLiveWire({
      lake,
      anomalies: anomalyOptionsOf(fleet),
      limits: limitsOf(fleet),
      sinks: [pausing, ...sinks, nudging(outlets)],
      now: Date.now,
      warn,
      ...(options.onFresh ? { onFresh: options.onFresh } : {}),
    });
    closers.push(wire.close);
    for (const it of connectors) {
      await it.start(wire, { read: (name) => lake.state[name], keep: (name, value) => lake.keep({ [name]: value }) });
      closers.push(it.stop);
    }
    await claim.announce(options.url());
    const ended = Promise.race([lost.promise, untilEnd(wire, connectors, signal, warn)]).finally(closeAll);
    return { wire, lake, ended };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Answers runtimes that ask whether their agent is paused. */
export const answerRuntimes = createMothballEndpoint;

/** What is news is evidence by then, or about to be. */
const nudging = (outlets: readonly Outlet[]): Sink => ({
  name: "outlets",
  tell() {
    for (const it of outlets) it.nudge();
  },
  close: async () => {},
});

async function untilEnd(wire: LiveWire, connectors: readonly Connector[], signal: AbortSignal, warn: (message: string) => void) {
  const look = healthTeller(connectors, warn);
  while (!signal.aborted) {
    look();
    await sleep(tickMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await wire.tick().catch((error: unknown) => warn(String(error)));
  }
}

/** A connector that begins to fail is said once, and once that it is well again. */
function healthTeller(connectors: readonly Connector[], warn: (message: string) => void): () => void {
  const failing = new Set<Connector>();
  const tell = (it: Connector, { state, detail }: ConnectorHealth) => {
    if (state === "failing" && !failing.has(it)) warn(`${it.name}: ${detail}`);
    if (state === "running" && failing.has(it)) warn(`${it.name}: it works again`);
    if (state === "failing") failing.add(it);
    else failing.delete(it);
  };
  return () => {
    for (const it of connectors) tell(it, it.health());
  };
}

const tickMs = 1000;
