/** What `cockpit fleet watch` writes to stdout. */
import { alertText } from "../../fleet/alert-text.ts";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { Outcome } from "../../fleet/anomaly/anomaly.ts";
import type { FleetEvent } from "../../fleet/event.ts";
import type { WatchLine } from "../../protocol/fleet-watch.ts";
import type { News } from "../../telemetry/sinks/sink.ts";
import type { Flags } from "../flags.ts";
import { printable, type Terminal } from "../terminal.ts";

export interface Output {
  event(event: FleetEvent, outcome: Outcome): void;
  news(news: readonly News[]): void;
  /** What only programs are told. */
  tell(line: WatchLine): void;
  /** Resolves when the reader has taken what was written. */
  flush(): Promise<void>;
}

/** JSON is one object a line. Lines are written together: a replay has millions. */
export function outputOf(flags: Flags, terminal: Terminal): Output {
  const isJson = flags.text("format") === "json";
  const withScores = flags.on("scores");
  let lines: string[] = [];
  const flush = async () => {
    const text = lines.join("");
    lines = [];
    if (text !== "") await terminal.out(text);
  };
  const write = (line: string) => {
    lines.push(`${line}\n`);
    if (lines.length === 1) setImmediate(() => void flush());
  };
  const tell = (line: WatchLine) => isJson && write(JSON.stringify(line));
  return {
    event({ id, time, agentId }, { score }) {
      if (!withScores) return;
      if (isJson) tell({ version: 1, kind: "score", time: new Date(time).toISOString(), agentId, id, score });
      else write(`${new Date(time).toISOString()}  ${printable(agentId)}  ${score.toFixed(3)}`);
    },
    news(news) {
      for (const it of news)
        if (isJson) tell({ version: 1, ...(it.kind === "alert" ? { kind: it.kind, ...told(it.alert) } : it) });
        else write(lineOf(it, terminal));
    },
    tell,
    flush,
  };
}

export const told = (alert: Alert) => ({ alert, text: alertText(alert) });

function lineOf(news: News, { colors }: Terminal): string {
  if (news.kind === "signal") {
    const { agentId, reason, time, withheld } = news.signal;
    return `${stamp(time)}  ${colors.yellow(withheld ? "withheld" : "mothball")}  ${printable(agentId)}: ${printable(reason)}`;
  }
  const { alert } = news;
  return `${stamp(alert.updated)}  ${statusWord(alert, colors)}  ${printable(alertText(alert))}`;
}

function statusWord({ status }: Alert, { red, green }: Terminal["colors"]): string {
  if (status === "closed") return green("over    ");
  return red(status === "opened" ? "alert   " : "updated ");
}

const stamp = (time: number) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
