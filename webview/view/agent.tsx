/** An agent: its row, and, where it is open, everything that is known of it. */
import type { AgentDetail, FleetRow, Range } from "../../server/fleet/model/fleet-row.ts";
import { count, duration, errorShare, liveNow, share, unknown, usd } from "../figures.ts";
import type { Forest } from "../forest.ts";
import { shown, shownName } from "../text.ts";
import { Card } from "./card.tsx";
import type { Asked } from "./confirm.tsx";
import type { Level } from "./heading.tsx";
import { freshnessIcons, HealthIcon, healthNames, Icon } from "./icon.tsx";
import { memo } from "./memo.ts";
import "./agent.css";

export interface AgentProps {
  forest: Forest;
  row: FleetRow;
  entryKey: string;
  isOpen: boolean;
  isCurrent: boolean;
  /** How long ago, as it is shown. */
  heard: string;
  now: number;
  detail: AgentDetail | undefined;
  range: Range;
  /** Of the headings in it. */
  level: Level;
  ask(asked: Asked): void;
}

export const Agent = memo<AgentProps>((props) => {
  const { row, isOpen } = props;
  return (
    <article class={`agent ${row.health}${isOpen ? " open" : ""}`} aria-label={shownName(row.agentId)}>
      <Head {...props} />
      {isOpen && <Card {...props} />}
    </article>
  );
});

function Head({ forest, row, entryKey, isOpen, isCurrent, heard }: AgentProps) {
  const [reason] = row.reasons;
  return (
    <button
      type="button"
      class="head row"
      data-head={entryKey}
      tabIndex={isCurrent ? 0 : -1}
      aria-expanded={isOpen}
      onClick={() => forest.toggle(row, !isOpen)}
      onKeyDown={({ key }) => {
        if (key === "ArrowRight" && !isOpen) forest.toggle(row, true);
        if (key === "ArrowLeft" && isOpen) forest.toggle(row, false);
      }}
    >
      <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
      <HealthIcon health={row.health} freshness={row.freshness} />
      <span class="unseen">{healthNames[row.health]}: </span>
      <bdi class="name" title={shownName(row.agentId)}>
        {shownName(row.agentId)}
      </bdi>
      {row.paused && (
        <span class="badge">
          <Icon name="debug-pause" /> mothballed
        </span>
      )}
      <span class="reason">{reason && !isOpen ? <bdi>{shown(withoutName(reason.text, row.agentId), 160)}</bdi> : ""}</span>
      <Figures row={row} />
      <span class={`fresh ${row.freshness}`}>
        <Icon name={freshnessIcons[row.freshness]} />
        {freshness(row, heard)}
      </span>
    </button>
  );
}

/** The row has said who it is about. */
export const withoutName = (text: string, agentId: string): string =>
  text.startsWith(`${agentId} `) ? text.slice(agentId.length + 1) : text;

function freshness({ freshness, live }: FleetRow, heard: string): string {
  if (freshness === "unheard") return "never heard";
  const ago = live ? `${heard} ago` : "unknown since when";
  if (freshness === "live") return ago;
  return `${freshness}, ${ago}`;
}

/** Of now; where they are not, they are left out rather than shown as if they were. */
function Figures({ row }: { row: FleetRow }) {
  const live = liveNow(row);
  if (!live) return <span class="rates" />;
  const figures = [
    ["spend", usd(live.usdPerHour), "/h"],
    ["tokens", count(live.tokensPerMinute), " tok/min"],
    ["latency", duration(live.p95Ms), " p95"],
    ["errors", share(errorShare(live)), " err"],
  ] as const;
  return (
    <span class="rates" title="Over the last minute">
      {figures.map(([name, value, unit]) => (
        <span key={name} class="rate">
          {value === unknown ? (
            <>
              <span aria-hidden="true">{unknown}</span>
              <span class="unseen">{name} not known</span>
            </>
          ) : (
            `${value}${unit}`
          )}
        </span>
      ))}
    </span>
  );
}
