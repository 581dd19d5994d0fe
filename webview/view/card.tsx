/** What an open agent shows: why it is as it is, what can be done, how it went, what it did last, and what the audit found. */
import type { FleetRow } from "../../server/fleet/model/fleet-row.ts";
import { spanOf } from "../curves.ts";
import { age } from "../figures.ts";
import { markdownOf } from "../markdown.ts";
import { languageName, shown, shownName } from "../text.ts";
import type { AgentProps } from "./agent.tsx";
import { withoutName } from "./agent.tsx";
import { Alerts } from "./alerts.tsx";
import { Button } from "./button.tsx";
import { Charts } from "./charts.tsx";
import { Events } from "./events.tsx";
import { Findings } from "./findings.tsx";
import { HealthIcon, Icon } from "./icon.tsx";
import "./card.css";

export function Card({ forest, row, now, detail, range, isCurrent, ask, level }: AgentProps) {
  const tab = isCurrent ? 0 : -1;
  return (
    <div class="card">
      <Facts row={row} />
      <Reasons row={row} now={now} />
      {row.paused && (
        <p class="paused">
          <Icon name="debug-pause" /> Mothballed by <bdi>{shownName(row.paused.by)}</bdi>, {age(now - Date.parse(row.paused.at))} ago:{" "}
          <bdi>{shown(row.paused.reason)}</bdi>
        </p>
      )}
      <Actions {...{ forest, row, tab, ask, detail }} />
      <Charts {...{ row, detail, range }} span={detail && spanOf(detail, now)} />
      {row.alerts.length > 0 && <Alerts level={level} alerts={row.alerts} now={now} />}
      {row.audited && <Findings {...{ forest, tab, level }} audited={row.audited} />}
      {detail && detail.lastEvents.length > 0 && <Events level={level} events={detail.lastEvents} now={now} />}
    </div>
  );
}

function Facts({ row: { audited } }: { row: FleetRow }) {
  if (!audited) return <p class="facts">Heard by Live Wire; no agent of this workspace has this name.</p>;
  const facts = [
    audited.root === "." ? "" : audited.root,
    languageName(audited.language),
    ...audited.frameworks,
    ...audited.owners.map((it) => `owned by ${it}`),
  ];
  return (
    <p class="facts">
      {facts
        .filter((it) => it !== "")
        .map(shownName)
        .join(" · ")}
    </p>
  );
}

function Reasons({ row, now }: { row: FleetRow; now: number }) {
  if (row.reasons.length === 0) return <p class="facts">{nothingWrong[row.freshness]}</p>;
  return (
    <ul class="reasons" aria-label="What is wrong">
      {row.reasons.slice(0, mostReasons).map((it) => (
        <li key={it.text}>
          <HealthIcon health={it.health} freshness="live" />
          <bdi>{shown(withoutName(it.text, row.agentId))}</bdi>
          {it.since !== undefined && <span class="since">for {age(now - it.since)}</span>}
        </li>
      ))}
    </ul>
  );
}
const mostReasons = 10;

const nothingWrong = {
  live: "Nothing is wrong with it.",
  quiet: "Nothing was wrong with it when it was heard last.",
  stale: "Nothing was wrong with it when it was heard last; how it is now is not known.",
  unheard: "Nothing was found in its code; what it does is not known, as no event of it was ever heard.",
} as const;

function Actions({ forest, row, tab, ask, detail }: Pick<AgentProps, "forest" | "row" | "ask" | "detail"> & { tab: number }) {
  const name = shownName(row.agentId);
  return (
    <fieldset class="actions" aria-label={`What can be done with ${name}`}>
      {row.paused ? (
        <Button icon="debug-continue" isMain tabIndex={tab} label={`Resume… ${name}`} onClick={() => ask({ kind: "resume", row })}>
          Resume…
        </Button>
      ) : (
        <Button
          icon="debug-pause"
          isMain={row.health === "critical"}
          tabIndex={tab}
          label={`Mothball… ${name}`}
          onClick={() => ask({ kind: "mothball", row })}
        >
          Mothball…
        </Button>
      )}
      {row.audited && (
        <Button
          icon="go-to-file"
          tabIndex={tab}
          label={`Open in Editor: ${name}`}
          onClick={() => forest.post({ kind: "openAgent", key: row.key })}
        >
          Open in Editor
        </Button>
      )}
      <Button
        icon="copy"
        tabIndex={tab}
        label={`Copy as Markdown: ${name}`}
        onClick={() => forest.post({ kind: "copy", text: markdownOf(row, detail) })}
      >
        Copy as Markdown
      </Button>
    </fieldset>
  );
}
