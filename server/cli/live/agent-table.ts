/** A table of agents that fits a window: the totals, as many rows as there is room for, the others in a line. */
import type { Terminal } from "../terminal.ts";
import { fitted } from "./cells.ts";
import type { Size } from "./live-area.ts";
import { type Cell, type Column, shownRows, tableLines } from "./table.ts";

export interface AgentTable<T> {
  /** Lines above the table. */
  headline: readonly string[];
  /** The worst first. */
  agents: readonly T[];
  columns: readonly Column[];
  rowOf(agent: T): Cell[];
  /** In a word: those that have no row are counted by it. */
  stateOf(agent: T): string;
}

export function agentLines<T>(table: AgentTable<T>, { columns, rows }: Size, { dim }: Terminal["colors"]): string[] {
  const head = table.headline.map((it) => fitted(it, columns));
  const room = rows - head.length - 1;
  if (room < 1 || table.agents.length === 0) return head;
  const { shown, hidden } = shownRows(table.agents, room);
  const lines = tableLines(table.columns, shown.map(table.rowOf), columns, dim);
  const rest = hidden.length > 0 ? [dim(fitted(restLine(hidden.map(table.stateOf)), columns))] : [];
  return [...head, ...lines, ...rest];
}

function restLine(hidden: readonly string[]): string {
  const kinds = [...Map.groupBy(hidden, (it) => it)].map(([state, all]) => `${all.length.toLocaleString("en-US")} ${state}`);
  return `… ${hidden.length.toLocaleString("en-US")} more: ${kinds.join(", ")}`;
}
