/** Sums over the fleet. The counts by health are filters too. */
import { healths } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import { age, count, share, unknown, usd } from "../figures.ts";
import { isAllStale, type Screen } from "../forest.ts";
import { whole } from "../text.ts";
import type { Shared } from "./app.tsx";
import { HealthIcon, healthNames } from "./icon.tsx";
import "./totals.css";

export function Totals({ forest, screen }: Shared) {
  const { totals, state } = screen;
  const toggle = (health: (typeof healths)[number]) => {
    const has = state.healths.includes(health);
    forest.change({ healths: has ? state.healths.filter((it) => it !== health) : [...state.healths, health] });
  };
  return (
    <section class="totals" aria-label="Totals">
      <fieldset class="healths" aria-label="Agents by health; press to filter">
        {healths.map((health) => (
          <button key={health} type="button" class="chip" aria-pressed={state.healths.includes(health)} onClick={() => toggle(health)}>
            <HealthIcon health={health} freshness={health === "green" && isAllStale(screen) ? "stale" : "live"} />
            <b>{whole(totals.byHealth[health])}</b> {healthNames[health].toLowerCase()}
          </button>
        ))}
      </fieldset>
      <dl class="figures">
        {figuresOf(screen).map(({ name, value, title }) => (
          <div key={name} class={value === unknown ? "figure missing" : "figure"} title={title}>
            <dt>{name}</dt>
            <dd>{value === unknown ? <Missing /> : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What is not known, as a sign and as a word. */
function Missing() {
  return (
    <>
      <span aria-hidden="true">{unknown}</span>
      <span class="unseen">not known</span>
    </>
  );
}

interface Figure {
  name: string;
  value: string;
  title?: string;
}

const lastMinute = "Over the last minute";

function figuresOf({ totals, watching }: Screen): Figure[] {
  const isLive = watching.kind === "watching";
  const unpriced = totals.unpriced > 0 ? `, without ${plural(totals.unpriced, "agent")} whose price is not known` : "";
  const per = (value: string, unit: string) => (value === unknown ? value : `${value}${unit}`);
  const known = per(usd(totals.usdPerHour), "/h");
  const spend = unpriced && known !== unknown ? `≥ ${known}` : known;
  return [
    { name: "Agents", value: whole(totals.agents) },
    { name: "Spend", value: spend, title: `${lastMinute}${unpriced}` },
    { name: "Tokens", value: per(count(totals.tokensPerMinute), "/min"), title: lastMinute },
    { name: "Errors", value: share(totals.errorRate), title: lastMinute },
    { name: "Events", value: per(count(isLive ? watching.eventsPerSecond : null), "/s") },
    {
      name: isLive ? "Last event" : "Data age",
      value: totals.dataAgeMs === null ? unknown : isLive ? `${age(totals.dataAgeMs)} ago` : age(totals.dataAgeMs),
    },
    ...(totals.paused > 0 ? [{ name: "Mothballed", value: whole(totals.paused) }] : []),
  ];
}
