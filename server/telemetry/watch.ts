/** A watcher: the lake, the Live Wire over it, and the connectors that feed it, from start to end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../fleet/event.ts";
import type { FleetInput } from "../protocol/config-schema.ts";
import type { Connector } from "./connectors/connector.ts";
import { type Lake, openLake } from "./lake/lake.ts";
import { type LiveWire, openLiveWire } from "./live-wire.ts";
import { createMothballEndpoint } from "./mothball/endpoint.ts";
import { createPausingSink } from "./mothball/pausing-sink.ts";
import { anomalyOptionsOf, limitsOf } from "./options.ts";
import type { Sink } from "./sinks/sink.ts";
import { claimWatch } from "./watch-claim.ts";
import { lakeFileIn, makeLakeFolder } from "./workspace.ts";

export interface WatchOptions {
  /** The `.cockpit` of the workspace. Absolute. */
  cockpit: string;
  fleet: FleetInput;
  connectors: readonly Connector[];
  sinks: readonly Sink[];
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
  const { cockpit, fleet, connectors, sinks, warn, signal } = options;
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
    const pausing = createPausingSink(cockpit, warn);
    closers.push(pausing.close);
    const wire = await openLiveWire({
      lake,
      anomalies: anomalyOptionsOf(fleet),
      limits: limitsOf(fleet),
      sinks: [pausing, ...sinks],
      now: Date.now,
      warn,
      ...(options.onFresh ? { onFresh: options.onFresh } : {}),
    });
    closers.push(wire.close);
    for (const it of connectors) {
      await it.start(wire);
      closers.push(it.stop);
    }
    await claim.announce(options.url());
    const ended = Promise.race([lost.promise, untilEnd(wire, signal, warn)]).finally(closeAll);
    return { wire, lake, ended };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Answers runtimes that ask whether their agent is paused. */
export const answerRuntimes = createMothballEndpoint;

async function untilEnd(wire: LiveWire, signal: AbortSignal, warn: (message: string) => void) {
  while (!signal.aborted) {
    await sleep(tickMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await wire.tick().catch((error: unknown) => warn(String(error)));
  }
}

const tickMs = 1000;
