/** What the host said and the view has not taken in yet. However much comes, it holds one word about each agent. */
import type { HostMessage } from "../server/protocol/forest.ts";

export interface Inbox {
  add(message: HostMessage): void;
  /** What waits, in an order in which it can be applied. `isPaused`: only what a person who has paused the live view still wants to know. */
  take(isPaused: boolean): HostMessage[];
  /** How many agents and alerts wait. `isOpen`: whether an alert is known to be open already. */
  waiting(isOpen: (alert: Alert) => boolean): { readonly agents: number; readonly alerts: number };
}

type Said<Kind extends HostMessage["kind"]> = Extract<HostMessage, { kind: Kind }>;
type Alert = Said<"alert">["alert"];
type Audited = Said<"audit">["agents"][number];
type Live = Said<"live">["agents"][number];

interface Held {
  audits: Map<string, Audited | undefined>;
  isReset: boolean;
  live: Map<string, Live | undefined>;
  openAlerts: Alert[] | undefined;
  alerts: Map<string, Alert>;
  details: Map<string, Said<"detail">["detail"]>;
}

const nothing = (): Held => ({
  audits: new Map(),
  isReset: false,
  live: new Map(),
  openAlerts: undefined,
  alerts: new Map(),
  details: new Map(),
});

export function createInbox(): Inbox {
  let held = nothing();
  let urgent: HostMessage[] = [];
  return {
    add(message) {
      if (message.kind === "begin") [held, urgent] = [nothing(), []];
      if (!hold(held, message)) urgent.push(message);
    },
    take(isPaused) {
      const taken = isPaused ? urgent : [...urgent, ...messagesOf(held)];
      urgent = [];
      if (!isPaused) held = nothing();
      return taken;
    },
    waiting: (isOpen) => ({
      agents: new Set([...held.audits.keys(), ...held.live.keys()]).size,
      alerts: waitingAlerts(held, isOpen),
    }),
  };
}

/** Not those that are told again, nor those that opened and closed meanwhile. */
function waitingAlerts({ openAlerts = [], alerts }: Held, isOpen: (alert: Alert) => boolean): number {
  const unknown = openAlerts.filter((it) => !isOpen(it)).map((it) => [it.id, it] as const);
  const latest = [...new Map([...unknown, ...alerts]).values()];
  return latest.filter((it) => it.status !== "closed" || isOpen(it)).length;
}

/** Whether it was one to hold. */
function hold(held: Held, message: HostMessage): boolean {
  switch (message.kind) {
    case "audit":
      for (const key of message.gone) held.audits.set(key, undefined);
      for (const agent of message.agents) held.audits.set(agent.key, agent);
      return true;
    case "live":
      if (message.reset) [held.isReset, held.live] = [true, new Map()];
      for (const id of message.gone) held.live.set(id, undefined);
      for (const agent of message.agents) held.live.set(agent.agentId, agent);
      return true;
    case "openAlerts":
      [held.openAlerts, held.alerts] = [message.alerts, new Map()];
      return true;
    case "alert":
      held.alerts.set(message.alert.id, message.alert);
      return true;
    case "detail":
      held.details.set(message.detail.agentId, message.detail);
      return true;
    default:
      return false;
  }
}

function messagesOf({ audits, isReset, live, openAlerts, alerts, details }: Held): HostMessage[] {
  const messages: HostMessage[] = [];
  if (audits.size > 0) messages.push({ kind: "audit", ...parted(audits) });
  if (isReset || live.size > 0) messages.push({ kind: "live", reset: isReset, ...parted(live) });
  if (openAlerts) messages.push({ kind: "openAlerts", alerts: openAlerts });
  for (const alert of alerts.values()) messages.push({ kind: "alert", alert });
  for (const detail of details.values()) messages.push({ kind: "detail", detail });
  return messages;
}

function parted<T>(changes: ReadonlyMap<string, T | undefined>): { agents: T[]; gone: string[] } {
  const [agents, gone]: [T[], string[]] = [[], []];
  for (const [key, agent] of changes) {
    if (agent) agents.push(agent);
    else gone.push(key);
  }
  return { agents, gone };
}
