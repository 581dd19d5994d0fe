/** What a person sees of a fleet that is watched: a table that lives, and a report when it ends. */
import { dirname, join } from "node:path";
import { createFleetModel } from "../../fleet/model/fleet-model.ts";
import type { AuditedAgent } from "../../fleet/model/fleet-row.ts";
import { createAgentFeed, type FeedLine } from "../../telemetry/agent-feed.ts";
import { documentText } from "../format/document-text.ts";
import { liveDocument } from "../format/live-document.ts";
import { liveFigures } from "../live/figures.ts";
import { fleetLines } from "../live/fleet-table.ts";
import { shownPath } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { auditAside } from "./audit-aside.ts";
import type { WatchView } from "./watch-view.ts";

/** Twice a second is as fast as people read. */
const drawnEveryMs = 500;

/** More than anybody reads: what is followed is remembered for a day, and a sender may make up a million names. */
const maxAgents = 5000;

/** `cockpit` is the folder of that name. Findings join when an audit has found them. */
export async function openWatchTable(cockpit: string, terminal: Terminal): Promise<WatchView> {
  const model = createFleetModel();
  const area = await terminal.live((size) => fleetLines(model, Date.now(), size, terminal.noteColors));
  const folder = dirname(cockpit);
  const closing = new AbortController();
  const signal = AbortSignal.any([terminal.signal, closing.signal]);
  let drawing: NodeJS.Timeout | undefined;
  let isAudited = false;

  function audit(agents: readonly AuditedAgent[]) {
    isAudited = true;
    model.audit(agents);
  }

  function take(line: FeedLine) {
    if (line.kind === "mothballs") model.pause(new Map(Object.entries(line.mothballed)));
    if (line.kind !== "agents") return;
    if (line.reset) model.resetLive();
    model.live(line.agents, line.gone);
  }

  return {
    feed: createAgentFeed({
      cockpit,
      tell: async (lines) => lines.forEach(take),
      now: Date.now,
      maxAgents,
      warn: (message) => terminal.note(`cockpit: ${message}`),
    }),
    sink: {
      name: "table",
      tell(news) {
        for (const it of news) if (it.kind === "alert") model.alert(it.alert);
      },
      close: async () => {},
    },
    begin(open) {
      model.watch({ kind: "watching", eventsPerSecond: null });
      model.openAlerts(open);
      auditAside(folder, signal).then(audit, (error: Error) => {
        if (!signal.aborted) terminal.note(`cockpit: findings are not shown: ${error.message}`);
      });
      if (area) drawing = setInterval(area.update, drawnEveryMs);
    },
    close() {
      closing.abort();
      clearInterval(drawing);
      area?.close();
    },
    async report({ verbose, quiet }) {
      const now = Date.now();
      if (model.rows(now).length === 0) return "";
      const shown = (file: string) => shownPath(join(folder, file));
      const document = await liveDocument(model, now, [], { verbose, isAudited, shown, figuresOf: liveFigures });
      return documentText(document, "pretty", { verbose, quiet, terminal });
    },
  };
}
