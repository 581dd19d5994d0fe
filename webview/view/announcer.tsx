/** Says to screen readers, politely, what happened elsewhere on the screen. */
import { useRef } from "preact/hooks";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Screen } from "../forest.ts";
import { shown, shownName } from "../text.ts";

export function Announcer({ screen }: { screen: Screen }) {
  const last = useRef("");
  // A live region is read when its text changes; when nothing is new the old words stay, unread.
  last.current = words(screen) || last.current;
  return (
    <div role="status" class="unseen">
      {last.current}
    </div>
  );
}

function words({ news, shown: visible, rows, isTold }: Screen): string {
  const [first, ...others] = news.critical;
  const critical = first
    ? others.length > 0
      ? `${plural(news.critical.length, "agent")} became critical, ${shownName(first.agentId)} among them.`
      : `${shownName(first.agentId)} became critical: ${shown(first.reasons[0]?.text ?? "")}`
    : "";
  const said = news.said ? shown(news.said.text) : "";
  const count = isTold && visible.length !== rows.length ? `${plural(visible.length, "agent")} shown.` : "";
  return [critical, said, count].filter((it) => it !== "").join(" ");
}
