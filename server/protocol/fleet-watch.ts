/** What `cockpit fleet` prints with `--format json`: of `watch` a line each, of the others what is read of it. Whoever starts a watcher reads it with these. */
import * as z from "zod";
import { alertKinds } from "../fleet/anomaly/alert.ts";
import { rangeNames } from "../fleet/model/fleet-row.ts";

/** How many agents can be looked at closely at one time. */
export const mostLookedAt = 50;

/** JSON has no infinity and no NaN. */
const figure = z.nullable(z.number()).transform((it) => it ?? Number.NaN);

const alert = z.object({
  id: z.string(),
  groupId: z.string(),
  kind: z.enum(alertKinds),
  agentId: z.string(),
  about: z.string(),
  status: z.enum(["opened", "updated", "closed"]),
  /** Event times, milliseconds since 1970. */
  since: z.number(),
  updated: z.number(),
  expected: figure,
  seen: figure,
  unit: z.string(),
  sure: z.number(),
  events: z.array(z.string()).readonly(),
  closed: z.string().exactOptional(),
});

/** `text` says it to people, in a sentence. It holds the senders' words: who shows it escapes it. */
const toldAlert = z.object({ alert, text: z.string() });

const version = z.literal(1);

/** `LiveAgent`. */
const liveAgent = z.object({
  agentId: z.string(),
  heard: z.number(),
  callsPerMinute: z.number(),
  errorsPerMinute: z.number(),
  tokensPerMinute: z.nullable(z.number()),
  usdPerHour: z.nullable(z.number()),
  p95Ms: z.nullable(z.number()),
});

const steps = z.array(z.nullable(z.number()));

/** `AgentDetail`. */
const agentDetail = z.object({
  agentId: z.string(),
  start: z.number(),
  stepMs: z.number().positive(),
  until: z.number(),
  calls: steps,
  errors: steps,
  tokens: steps,
  usd: steps,
  p95Ms: steps,
  lastEvents: z.array(
    z.object({
      id: z.string(),
      time: z.number(),
      operation: z.nullable(z.string()),
      model: z.nullable(z.string()),
      tokens: z.nullable(z.number()),
      costUsd: z.nullable(z.number()),
      durationMs: z.nullable(z.number()),
      error: z.nullable(z.string()),
    }),
  ),
});

const pause = z.object({ by: z.string(), at: z.string(), reason: z.string() });

/** By agent id; `*` stands for all. */
const mothballed = z.record(z.string(), pause);

export const watchLineSchema = z.discriminatedUnion("kind", [
  /** Once, when agents can send. `url` is empty where nothing listens; `open` are alerts that were opened before and are not over. */
  z.object({ version, kind: z.literal("listening"), url: z.string(), open: z.array(toldAlert) }),
  z.object({ version, kind: z.literal("alert"), ...toldAlert.shape }),
  z.object({
    version,
    kind: z.literal("signal"),
    signal: z.object({ kind: z.literal("mothball"), agentId: z.string(), alertId: z.string(), time: z.number(), withheld: z.boolean() }),
  }),
  z.object({ version, kind: z.literal("score"), time: z.string(), agentId: z.string(), id: z.string(), score: z.number() }),
  /** Since the watcher began; again whenever they have changed, every few seconds at most. `time` in milliseconds since 1970. */
  z.object({ version, kind: z.literal("counts"), time: z.number(), counts: z.record(z.string(), z.number()) }),
  /**
   * With `--agents`: agents whose figures are other ones than were told last, ten lines a second at most. The first line after `listening` has `reset`, and says that nothing told
   * before holds; all that are known follow, in pieces. `gone` are no longer followed. `time` in milliseconds since 1970.
   */
  z.object({
    version,
    kind: z.literal("agents"),
    time: z.number(),
    reset: z.boolean(),
    agents: z.array(liveAgent),
    gone: z.array(z.string()),
  }),
  /** With `--agents`: all that are paused, once and whenever that has changed. */
  z.object({ version, kind: z.literal("mothballs"), mothballed }),
  /** With `--agents`: of an agent that is looked at, when it has changed, once a second at most. */
  z.object({ version, kind: z.literal("detail"), detail: agentDetail }),
  /** Instead of `listening`: the watcher ends, with a sentence for people. */
  z.object({ version, kind: z.literal("failed"), reason: z.enum(["port-in-use", "watched-already", "other"]), message: z.string() }),
]);

export const fleetStatusSchema = z.looseObject({
  version,
  /** Heard in the window of time. */
  agents: z.array(z.object({ agentId: z.string(), lastHeard: z.string() })),
  /** Known, and not heard in it; `null` for never. */
  unheard: z.array(z.object({ agentId: z.string(), lastHeard: z.nullable(z.string()) })),
  /** All that are open. */
  alerts: z.array(alert).readonly(),
  mothballed,
});

/** Of `mothball` and `resume`. `before` is the pause that was there, `others` those that hold for the same agents and stay: of all agents, or where all are meant, of single ones. */
export const mothballChangeSchema = z.looseObject({
  version,
  state: z.enum(["unchanged", "planned", "done"]),
  before: z.nullable(pause),
  others: mothballed,
});

/** What a watcher with `--agents` is told over the channel to the process that started it: who is looked at from now on. It replaces what was said before. */
export const watchRequestSchema = z.object({
  kind: z.literal("look"),
  agents: z.array(z.string()).max(mostLookedAt),
  range: z.enum(rangeNames),
});

/** As it is written. */
export type WatchLine = z.input<typeof watchLineSchema>;
/** As it is read. */
export type WatchNews = z.output<typeof watchLineSchema>;
export type WatchRequest = z.infer<typeof watchRequestSchema>;
export type ToldAlert = z.output<typeof toldAlert>;
export type WatchFailure = Extract<WatchNews, { kind: "failed" }>["reason"];
export type FleetStatus = z.output<typeof fleetStatusSchema>;
export type MothballChange = z.output<typeof mothballChangeSchema>;
export { agentDetail as agentDetailSchema, alert as alertSchema, liveAgent as liveAgentSchema, mothballed as mothballedSchema };
