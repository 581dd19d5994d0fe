/** The Forest's state: the fleet's model, what a person chose, and what of both is on the screen. Changes are taken in once a frame. */
import { createFleetModel } from "../server/fleet/model/fleet-model.ts";
import type { AgentDetail, FleetRow, FleetTotals, Watching } from "../server/fleet/model/fleet-row.ts";
import { stepMsOf } from "../server/fleet/model/steps.ts";
import { mostLookedAt } from "../server/protocol/fleet-watch.ts";
import type { HostMessage, ServerWord, ViewMessage } from "../server/protocol/forest.ts";
import { createArrangement } from "./arrangement.ts";
import type { Facets } from "./filter.ts";
import { createInbox } from "./inbox.ts";
import type { Item } from "./items.ts";
import { createNews, type News } from "./news.ts";
import type { Shape } from "./shape.ts";
import { type Place, restored, type Saved, type ViewState, withToggled } from "./view-state.ts";

export interface ForestOptions {
  post(message: ViewMessage): void;
  saved: unknown;
  save(saved: Saved): void;
  /** Something changed: a frame is wanted. */
  wake(): void;
}

export interface Forest {
  take(message: HostMessage): void;
  /** What is on the screen at a time, milliseconds since 1970. */
  frame(now: number): Screen;
  change(change: Partial<ViewState>): void;
  /** Opens or closes an agent's row. */
  toggle(row: FleetRow, isOpen: boolean): void;
  toggleGreens(group: string, isOpen: boolean): void;
  pause(isPaused: boolean): void;
  /** Agents whose details are on the screen. */
  look(agentIds: readonly string[]): void;
  /** Where the list is scrolled to, to find it again after a reload. */
  place(): Place;
  scrolled(place: Place): void;
  /** The person has seen the new critical agents. */
  seen(): void;
  dismiss(): void;
  /** Tells the person of something that went wrong here. */
  say(problem: string): void;
  /** Brings an agent's row onto the screen and into focus. */
  show(key: string): void;
  /** It is there. */
  found(): void;
  post(message: ViewMessage): void;
}

export interface Screen {
  readonly now: number;
  readonly state: ViewState;
  readonly hasFolder: boolean;
  readonly isTrusted: boolean;
  readonly server: { readonly state: ServerWord; readonly message: string };
  readonly watching: Watching;
  readonly starts: boolean;
  /** Whether all that the host knew has been told. */
  readonly isTold: boolean;
  readonly isPaused: boolean;
  readonly waiting: { readonly agents: number; readonly alerts: number };
  readonly rows: readonly FleetRow[];
  /** How many rows pass the filters. */
  readonly shown: readonly FleetRow[];
  readonly items: readonly Item[];
  readonly shape: Shape;
  readonly totals: FleetTotals;
  readonly facets: Facets;
  readonly news: News;
  /** The row that is to be brought onto the screen, until it is; another object for each wish. */
  readonly wanted: { readonly key: string } | undefined;
  detail(agentId: string): AgentDetail | undefined;
}

/** Whether nothing is known of now, and something was before. */
export const isAllStale = ({ totals, watching }: Pick<Screen, "totals" | "watching">): boolean =>
  watching.kind !== "watching" && totals.byFreshness.stale > 0;

export function createForest({ post, saved, save, wake }: ForestOptions): Forest {
  let { state, place } = restored(saved);
  let model = createFleetModel();
  let about = unknownHost;
  let pausedAt: number | undefined;
  let details = new Map<string, AgentDetail>();
  let wanted: Screen["wanted"];
  let looked: readonly string[] = [];
  const inbox = createInbox();
  const news = createNews();
  const arranged = createArrangement();

  function begin(message: Extract<HostMessage, { kind: "begin" }>) {
    model = createFleetModel();
    details = new Map();
    news.begin();
    about = { ...unknownHost, hasFolder: message.hasFolder, isTrusted: message.isTrusted };
    if (looked.length > 0) post({ kind: "look", agents: [...looked], range: state.range });
  }

  function apply(message: HostMessage) {
    switch (message.kind) {
      case "begin":
        return begin(message);
      case "told":
        about = { ...about, isTold: true };
        return;
      case "server":
        about = { ...about, server: message };
        return;
      case "watching":
        about = { ...about, watching: message.watching, starts: message.starts };
        return model.watch(message.watching);
      case "audit":
        arranged.audited();
        return model.audit(message.agents, message.gone);
      case "live":
        if (message.reset) model.resetLive();
        return model.live(message.agents, message.gone);
      case "openAlerts":
        follow(false);
        model.openAlerts(message.alerts);
        return news.recall(model.row, model.takeChanged());
      case "alert":
        return model.alert(message.alert);
      case "mothballs":
        return model.pause(new Map(Object.entries(message.mothballed)));
      case "detail":
        // What was under way or waited when another range was chosen is of the one before.
        if (message.detail.stepMs === stepMsOf(state.range)) details.set(message.detail.agentId, message.detail);
        return;
      case "said":
        return news.say(message.text, message.isProblem);
    }
  }

  /** A row that is opened, or a range that is chosen, while the view is paused is to show something. */
  const isMissing = ({ agentId }: AgentDetail) => !details.has(agentId);

  /** `isTold`: whether what changes after it is news. */
  function follow(isTold: boolean) {
    const toggled = news.follow(model.row, model.takeChanged(), isTold, state.toggled);
    if (toggled !== state.toggled) change({ toggled });
  }

  function change(to: Partial<ViewState>) {
    state = { ...state, ...to };
    save({ state, place });
    wake();
  }

  return {
    take(message) {
      if (pausedAt !== undefined && message.kind === "detail" && isMissing(message.detail)) apply(message);
      else inbox.add(message);
      wake();
    },
    frame(time) {
      const isPaused = pausedAt !== undefined;
      const now = pausedAt ?? time;
      for (const message of inbox.take(isPaused)) apply(message);
      const rows = model.rows(now);
      follow(about.isTold && hasAudited(about));
      return {
        now,
        state,
        ...about,
        isPaused,
        waiting: inbox.waiting(model.hasAlert),
        rows,
        ...arranged.of(rows, state, now, about.isTold),
        totals: model.totals(now),
        news: news.now(),
        wanted,
        detail: (agentId) => details.get(agentId),
      };
    },
    change(to) {
      change(to);
      if (to.range) post({ kind: "look", agents: [...looked], range: to.range });
      if (to.range) details = new Map();
    },
    toggle: (row, isOpen) => change({ toggled: withToggled(state, row.key, isOpen === (row.health === "critical") ? undefined : isOpen) }),
    toggleGreens: (group, isOpen) => change({ greens: [...state.greens.filter((it) => it !== group), ...(isOpen ? [group] : [])] }),
    pause(isPaused) {
      pausedAt = isPaused ? Date.now() : undefined;
      wake();
    },
    look(agentIds) {
      const next = [...new Set(agentIds)].slice(0, mostLookedAt);
      if (next.length === looked.length && next.every((it) => looked.includes(it))) return;
      looked = next;
      for (const id of details.keys()) if (!looked.includes(id)) details.delete(id);
      post({ kind: "look", agents: next, range: state.range });
    },
    place: () => place,
    scrolled(to) {
      place = to;
      save({ state, place });
    },
    seen() {
      news.seen();
      wake();
    },
    dismiss() {
      news.unsay();
      wake();
    },
    say(problem) {
      news.say(problem, true);
      wake();
    },
    show(key) {
      wanted = { key };
      wake();
    },
    found() {
      wanted = undefined;
    },
    post,
  };
}

/** Until the first audit is over, what it finds is no news. */
const hasAudited = ({ server, hasFolder }: Host) => !hasFolder || server.state === "ready" || server.state === "error";

type Host = Pick<Screen, "hasFolder" | "isTrusted" | "server" | "watching" | "starts" | "isTold">;

const unknownHost: Host = {
  hasFolder: true,
  isTrusted: true,
  server: { state: "starting", message: "" },
  watching: { kind: "off" },
  starts: false,
  isTold: false,
};
