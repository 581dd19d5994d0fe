/** The last events of an agent, the latest first. */
import type { DetailEvent } from "../../server/fleet/model/fleet-row.ts";
import { age, count, duration, usd } from "../figures.ts";
import { shown, shownName } from "../text.ts";
import { Heading, type Level } from "./heading.tsx";

export function Events({ events, now, level }: { events: readonly DetailEvent[]; now: number; level: Level }) {
  return (
    <div class="part">
      <Heading level={level}>Last events</Heading>
      <table>
        <thead>
          <tr>
            {["When", "Operation", "Model", "Tokens", "Cost", "Took", "Error"].map((it) => (
              <th key={it} scope="col">
                {it}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events
            .slice(-mostEvents)
            .reverse()
            .map((it) => (
              <tr key={it.id}>
                <td>{age(now - it.time)} ago</td>
                <td>{it.operation === null ? "–" : <bdi>{shownName(it.operation)}</bdi>}</td>
                <td>{it.model === null ? "–" : <bdi>{shownName(it.model)}</bdi>}</td>
                <td>{count(it.tokens)}</td>
                <td>{usd(it.costUsd)}</td>
                <td>{duration(it.durationMs)}</td>
                <td class={it.error === null ? "" : "failed"}>{it.error === null ? "none" : <bdi>{shown(it.error, 120)}</bdi>}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

const mostEvents = 5;
