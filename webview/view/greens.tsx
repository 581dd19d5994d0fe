/** All green agents as one line, which opens. It tells apart who is green now from who was when last heard of. */
import { freshnesses } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import type { GreensItem } from "../items.ts";
import { whole } from "../text.ts";
import type { Shared } from "./app.tsx";
import { HealthIcon, Icon } from "./icon.tsx";

export function Greens({ forest, item, isCurrent }: Pick<Shared, "forest"> & { item: GreensItem; isCurrent: boolean }) {
  const { agents, byFreshness, isOpen, group } = item;
  const isStale = byFreshness.stale > 0;
  const says = freshnesses.filter((it) => byFreshness[it] > 0).map((it) => `${whole(byFreshness[it])} ${words[it]}`);
  return (
    <button
      type="button"
      class="head row greens"
      data-head={item.key}
      tabIndex={isCurrent ? 0 : -1}
      aria-expanded={isOpen}
      onClick={() => forest.toggleGreens(group, !isOpen)}
      onKeyDown={({ key }) => {
        if (key === "ArrowRight" && !isOpen) forest.toggleGreens(group, true);
        if (key === "ArrowLeft" && isOpen) forest.toggleGreens(group, false);
      }}
    >
      <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
      <HealthIcon health="green" freshness={isStale ? "stale" : "live"} />
      <span class="name">
        {plural(agents, "green agent")}
        {isStale ? " when last heard of" : ""}
      </span>
      <span class="reason">{says.join(" · ")}</span>
    </button>
  );
}

const words = { live: "heard now", quiet: "quiet", stale: "stale", unheard: "never heard" } as const;
