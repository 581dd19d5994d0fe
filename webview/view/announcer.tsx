/** Says to screen readers, politely, what happened elsewhere on the screen. */
import { useRef } from "preact/hooks";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Screen } from "../forest.ts";
import { shown, shownName } from "../text.ts";
import { isFiltered } from "../view-state.ts";

export function Announcer({ screen }: { screen: Screen }) {
  const last = useRef({ says: "", id: 0, isFiltered: false });
  const spoken = useRef({ text: "", turn: 0 });
  const isNarrow = isFiltered(screen.state);
  const id = screen.news.said?.id ?? 0;
  // Who has cleared filters hears it once.
  const says = words(screen, isNarrow || last.current.isFiltered);
  // When nothing is new the old words stay, unread.
  if (says !== "" && (says !== last.current.says || id !== last.current.id)) spoken.current = { text: says, turn: spoken.current.turn + 1 };
  last.current = { says, id, isFiltered: isNarrow };
  return (
    <div role="status" class="unseen">
      {/* A live region is read when something in it is another one: the same words, said again, are. */}
      <span key={spoken.current.turn}>{spoken.current.text}</span>
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
