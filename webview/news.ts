/** What a person is told as it happens: agents that become critical, and what became of what they asked for. */
import type { FleetRow, Health } from "../server/fleet/model/fleet-row.ts";
import type { ViewState } from "./view-state.ts";

export interface News {
  /** Critical since the Forest was opened, and not seen yet. */
  readonly critical: readonly FleetRow[];
  /** The last answer. */
  readonly said: { readonly text: string; readonly isProblem: boolean; readonly id: number } | undefined;
}

export interface NewsDesk {
  begin(): void;
  say(text: string, isProblem: boolean): void;
  unsay(): void;
  /** Who became critical or is no longer; returns what stays of `toggled`, for a row whose health changes opens and closes by itself again. */
  follow(
    rowOf: (key: string) => FleetRow | undefined,
    changed: readonly string[],
    isTold: boolean,
    toggled: ViewState["toggled"],
  ): ViewState["toggled"];
  /** Takes in what is told again, or only now although it was so before: no news, and rows stay as they were opened or closed. */
  recall(rowOf: (key: string) => FleetRow | undefined, changed: readonly string[]): void;
  seen(): void;
  now(): News;
}

export function createNews(): NewsDesk {
  let healths = new Map<string, Health>();
  let fresh = new Set<string>();
  let news: News = { critical: [], said: undefined };
  let answers = 0;
  /** At the first look, all that is known is old. */
  let isFollowing = false;

  /** Whether its health is another one than before. */
  function note(row: FleetRow, isNews: boolean): boolean {
    const before = healths.get(row.key);
    const isOther = before !== row.health;
    healths.set(row.key, row.health);
    // Who is seen for the first time may have been so for long.
    if (isOther && before !== undefined && row.health === "critical" && isNews) fresh.add(row.key);
    // Who has mothballed it knows.
    if (row.health !== "critical" || row.paused) fresh.delete(row.key);
    return isOther && before !== undefined;
  }

  function forget(key: string) {
    healths.delete(key);
    fresh.delete(key);
  }

  return {
    begin() {
      [healths, fresh, isFollowing] = [new Map(), new Set(), false];
      news = { ...news, critical: [] };
    },
    say(text, isProblem) {
      news = { ...news, said: { text, isProblem, id: ++answers } };
    },
    unsay() {
      news = { ...news, said: undefined };
    },
    follow(rowOf, changed, isTold, toggled) {
      let after = toggled;
      for (const key of changed) {
        const row = rowOf(key);
        if (!row) forget(key);
        else if (note(row, isFollowing) && key in after) {
          const { [key]: _, ...others } = after;
          after = others;
        }
      }
      isFollowing ||= isTold;
      const critical = [...fresh].flatMap((key) => rowOf(key) ?? []);
      if (critical.length > 0 || news.critical.length > 0) news = { ...news, critical };
      return after;
    },
    recall(rowOf, changed) {
      for (const key of changed) {
        const row = rowOf(key);
        if (row) note(row, false);
        else forget(key);
      }
    },
    seen() {
      fresh = new Set();
      news = { ...news, critical: [] };
    },
    now: () => news,
  };
}
