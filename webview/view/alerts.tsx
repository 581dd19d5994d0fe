/** Open alerts of an agent: what was seen, and what was expected. */
import type { FleetRow } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import { age, measured } from "../figures.ts";
import { shownName } from "../text.ts";
import { Heading, type Level } from "./heading.tsx";

export function Alerts({ alerts, now, level }: { alerts: FleetRow["alerts"]; now: number; level: Level }) {
  const latest = alerts.slice(-mostAlerts).reverse();
  return (
    <div class="part">
      <Heading level={level}>{plural(alerts.length, "open alert")}</Heading>
      <table>
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col">Seen</th>
            <th scope="col">Expected</th>
            <th scope="col">Since</th>
            <th scope="col">Sure</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((it) => (
            <tr key={it.id}>
              <th scope="row">
                {it.kind}
                {it.about && (
                  <>
                    {" "}
                    <bdi>({shownName(it.about)})</bdi>
                  </>
                )}
              </th>
              <td>{measured(it.seen, it.unit)}</td>
              <td>{measured(it.expected, it.unit)}</td>
              <td>{age(now - it.since)} ago</td>
              <td>{Math.round(it.sure * 100)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const mostAlerts = 10;
