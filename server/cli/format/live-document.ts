/** What is known of the live fleet, as a document. */
import type { FleetModel } from "../../fleet/model/fleet-model.ts";
import type { FleetTotals } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";
import { ago, rates } from "../live/figures.ts";
import { type EntryOptions, entryOf, type FleetDocument, type Phrase } from "./fleet-document.ts";

/** `facts` come before those of the fleet; `now` in milliseconds since 1970. */
export async function liveDocument(
  model: FleetModel,
  now: number,
  facts: readonly string[],
  options: EntryOptions,
): Promise<FleetDocument> {
  const totals = model.totals(now);
  const agents = [];
  for (const row of model.rows(now)) agents.push(await entryOf(row, options));
  const heard = totals.dataAgeMs === null ? [] : [`heard ${ago(totals.dataAgeMs)}`];
  return { title: "Fleet", facts: [...facts, plural(totals.agents, "agent"), ...heard], outcome: outcomeOf(totals), agents };
}

function outcomeOf(totals: FleetTotals): Phrase[] {
  const { critical, warning, green } = totals.byHealth;
  const n = (it: number) => it.toLocaleString("en-US");
  const phrases: (Phrase | false)[] = [
    critical > 0 && { text: `${n(critical)} critical`, tone: "error" },
    warning > 0 && { text: `${n(warning)} with warnings`, tone: "warning" },
    green > 0 && { text: `${n(green)} green`, tone: "good" },
    totals.paused > 0 && { text: `${n(totals.paused)} paused`, tone: "odd" },
    ...rates(totals).map((text) => ({ text, tone: "plain" }) as const),
  ];
  return phrases.filter((it) => it !== false);
}
