/** How a fleet is kept and judged: `fleet` of cockpit.json, with what holds where it says nothing. */
import type { AnomalyOptions } from "../fleet/anomaly/anomaly.ts";
import type { FleetInput } from "../protocol/config-schema.ts";
import type { LakeLimits } from "./lake/prune.ts";

const day = 24 * 60 * 60 * 1000;
const megabyte = 1024 * 1024;

export const limitsOf = ({ keepDays = 30, maxMegabytes = 4096 }: FleetInput): LakeLimits => ({
  keepMs: keepDays * day,
  maxBytes: maxMegabytes * megabyte,
});

export const anomalyOptionsOf = ({ budgets = [], mothball }: FleetInput): Partial<AnomalyOptions> => ({
  budgets: budgets.map(({ agent, ...budget }) => ({ agentId: agent, ...budget })),
  mothball,
});
