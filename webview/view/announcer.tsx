/** Says to screen readers, politely, what happened elsewhere on the screen. */
import { useRef } from "preact/hooks";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Screen } from "../forest.ts";
import { shown, shownName } from "../text.ts";
import { isFiltered } from "../view-state.ts";

export function Announcer({ screen }: { screen: Screen }) {
  const last = useRef({ text: "", isFiltered: false });
  const narrows = isFiltered(screen.state);
  // A live region is read when its text changes; when nothing is new the old words stay, unread. Who has cleared filters hears it once.
  last.current = { text: words(screen, narrows || last.current.isFiltered) || last.current.text, isFiltered: narrows };
  return (
    <div role="status" class="unseen">
      {last.current.text}
    </div>
  );
}

function words({ news, shown: visible, isTold }: Screen, counts: boolean): string {
  const [first, ...others] = news.critical;
  const critical = first
    ? others.length > 0
      ? `${plural(news.critical.length, "agent")} became critical, ${shownName(first.agentId)} among them.`
      : `${shownName(first.agentId)} became critical: ${shown(first.reasons[0]?.text ?? "")}`
    : "";
  const said = news.said ? shown(news.said.text) : "";
  const count = isTold && counts ? `${plural(visible.length, "agent")} shown.` : "";
  return [critical, said, count].filter((it) => it !== "").join(" ");
}
