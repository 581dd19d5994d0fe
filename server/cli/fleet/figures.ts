/** Each agent's figures over a window: of the lake here, or with `--lake` of one in BigQuery. */
import type { FleetInput } from "../../protocol/config-schema.ts";
import { fleetStatus } from "../../telemetry/lake/bigquery/status.ts";
import { bigQueryName, open } from "../../telemetry/lake/bigquery/table.ts";
import { type FiguresWindow, type FleetFigures, figuresIn, mostAgents } from "../../telemetry/lake/figures.ts";
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { estimateText, limitOf, sayingWhatIsWrong, tableOf } from "./bigquery.ts";

export interface FiguresOptions extends FiguresWindow {
  /** The lake here. */
  file: string;
}

/** A query costs money, so only who asks for BigQuery gets it: cockpit.json alone does not. */
export async function figuresOf(
  { file, ...window }: FiguresOptions,
  fleet: FleetInput,
  flags: Flags,
  { note, signal }: Terminal,
): Promise<FleetFigures> {
  const lake = flags.text("lake");
  if (lake === undefined) return figuresIn(file, window);
  const names = tableOf("--lake", lake, fleet);
  const onEstimate = (it: Parameters<typeof estimateText>[0]) =>
    flags.on("quiet") || note(`cockpit: ${bigQueryName(names)}: ${estimateText(it)}`);
  const { since, until, agentId } = window;
  const { agents, lastMinute } = await sayingWhatIsWrong(async () =>
    fleetStatus(
      await open(names),
      { from: since, until: until + 1 },
      { ...limitOf(flags, fleet), patience: { forMs: 60_000, signal }, onEstimate },
    ),
  );
  const meant = agentId === undefined ? agents : agents.filter((it) => it.agentId === agentId);
  return { agents: meant.slice(0, mostAgents), lastMinute, omitted: Math.max(0, meant.length - mostAgents) };
}
