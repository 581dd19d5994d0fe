/** What became of `cockpit fleet mothball` or `resume`. That the command ended well is not that something was changed. */
import { type MothballChange, mothballChangeSchema } from "../../server/protocol/fleet-watch.ts";
import { parsedJson } from "../../server/protocol/json.ts";
import type { CockpitResult } from "./cockpit-process.ts";
import { shownText } from "./shown-text.ts";

export interface Outcome {
  isDone: boolean;
  /** What became of it, in a sentence or two. */
  text: string;
}

/** `agentId` may be `*`, which stands for all. */
export function outcomeOf(kind: "mothball" | "resume", agentId: string, { stdout, stderr }: Omit<CockpitResult, "code">): Outcome {
  const { success, data } = mothballChangeSchema.safeParse(parsedJson(stdout));
  if (success) return kind === "mothball" ? mothballed(agentId, data) : resumed(agentId, data);
  const problem = stderr.trim().split("\n").at(-1) ?? "";
  return unchanged(shownText(problem.replace(/^cockpit: /, "")));
}

const unchanged = (why: string): Outcome => ({ isDone: false, text: `Nothing was changed: ${why}` });

function mothballed(agentId: string, { state, before }: MothballChange): Outcome {
  const name = shownText(agentId);
  if (state === "done") return { isDone: true, text: `${name} is mothballed: its next call is refused.` };
  return unchanged(`${name} was mothballed already${byWhom(before)}.`);
}

function resumed(agentId: string, { state, others }: MothballChange): Outcome {
  const isAll = agentId === "*";
  const name = shownText(agentId);
  if (state !== "done") return unchanged(isAll ? "there is no pause of all agents." : `${name} is not mothballed.`);
  const { "*": all, ...named } = others;
  if (all) return { isDone: false, text: `Only ${name}'s own pause is lifted: it stays mothballed with all agents${byWhom(all)}.` };
  const left = Object.keys(named).length;
  const exceptions = left > 0 ? `, but for ${left} mothballed by name` : "";
  return { isDone: true, text: `${isAll ? "All agents are" : `${name} is`} resumed${exceptions}.` };
}

const byWhom = (it: MothballChange["before"]) => (it ? `, by ${shownText(it.by)}: ${shownText(it.reason)}` : "");
