/** The lake's events into a table of BigQuery, as they come in. */
import { createCounter } from "../counter.ts";
import { type BigQueryLake, bigQueryProblem, openBigQueryLake } from "../lake/bigquery/lake.ts";
import { type BigQueryNames, bigQueryName } from "../lake/bigquery/table.ts";
import { createOutlet, type Outlet } from "./outlet.ts";

export function createBigQueryOutlet(names: BigQueryNames, warn: (message: string) => void): Outlet {
  const counter = createCounter();
  let opening: Promise<BigQueryLake> | undefined;
  let counts = () => ({});

  async function open(signal: AbortSignal): Promise<BigQueryLake> {
    opening ??= openBigQueryLake({ ...names, patience: { forMs: patienceMs, eachMs: answerMs, signal } });
    opening.catch(() => {
      opening = undefined;
    });
    const lake = await opening;
    counts = lake.counts;
    return lake;
  }

  const outlet = createOutlet({
    name: bigQueryName(names),
    begin: (lake) => lake.began.events,
    async read(lake, after) {
      const { events, seq } = await lake.after(after);
      return { items: events, seq };
    },
    send: async (events, signal) => (await open(signal)).append(events),
    close: async () => {},
    problemOf: bigQueryProblem,
    warn,
    counter,
  });
  const named = (all: Record<string, number>) => Object.entries(all).map(([what, count]) => [`${outlet.name} ${what}`, count]);
  return { ...outlet, counts: () => ({ ...outlet.counts(), ...Object.fromEntries(named(counts())) }) };
}

/** What passes sooner is not worth a word. */
const patienceMs = 10_000;
const answerMs = 30_000;
