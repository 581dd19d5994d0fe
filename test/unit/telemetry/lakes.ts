/** Temporary folders and events for the tests of telemetry. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { rowOf } from "../../../server/telemetry/lake/schema.ts";

const scratch = mkdtempSync(join(tmpdir(), "cockpit-telemetry-"));
after(() => rmSync(scratch, { recursive: true }));

export const folder = () => mkdtempSync(join(scratch, "of-"));
export const start = Date.UTC(2025, 2, 3);

/** Call number `n` of an agent, a second after the one before. */
export const call = (n: number, more: Partial<FleetEvent> = {}): FleetEvent => ({
  id: `id-${n}`,
  time: start + n * 1000,
  agentId: "billing",
  operation: "chat",
  ...more,
});

export const calls = (count: number, from = 0) => Array.from({ length: count }, (_, i) => call(from + i));

/** As the lake's thread is given them. */
export const writeOf = (events: readonly FleetEvent[], from = 0) => ({
  cells: events.flatMap((it, i) => rowOf(it, from + i + 1)),
  evidence: [],
  state: {},
});

export const failed = (): never => {
  throw new Error("must not be called");
};
