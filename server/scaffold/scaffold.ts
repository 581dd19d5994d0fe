/** Plans the files that make an agent governed and tracked, in its own language. Nothing is written here. */
import { dirname } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";
import { ecosystemOf } from "../engine/imported-modules.ts";
import { repositoryRoot } from "../host/config.ts";
import type { ScaffoldLanguage } from "../protocol/scaffold.ts";
import { type PlannedChange, planGenerated, type Refusal } from "./generated.ts";
import { agentAround, homesOf } from "./homes.ts";
import { planDependencies } from "./manifests/nearest.ts";
import { installCommand, installUnlisted } from "./next-steps.ts";
import type { Agency, Part } from "./parts.ts";
import { placeIn, type Survey } from "./place.ts";

export interface ScaffoldPlan {
  /** Absolute path of the folder that holds all of it. */
  top: string;
  /** The agent's id, by which what is generated knows it. */
  id: string;
  changes: PlannedChange[];
  /** Nothing of a part is written that holds one of these. */
  refused: Refusal[];
  /** Sentences for the person, for after it was written. */
  next: string[];
}

export interface ScaffoldRequest {
  agent: Agent;
  language: ScaffoldLanguage;
  parts: readonly Part[];
  /** How the person is told an absolute path. */
  shown(path: string): string;
}

/** Throws a ScaffoldError when something stands in the way of all of it. */
export async function planScaffold(survey: Survey, { agent, language, parts, shown }: ScaffoldRequest): Promise<ScaffoldPlan> {
  const top = (await repositoryRoot(survey.root)) ?? survey.root;
  const place = await placeIn(survey, agent, language);
  const { id, home } = await agentAround(top, place.runtime, ecosystemOf[language], homesOf(survey.root, [agent]));
  const agency = { ...place, id, home, language };
  const planned = await Promise.all(parts.map((part) => planPart(agency, part)));
  const whole = planned.filter((it) => it.refused.length === 0);
  const { manifest, next } = await planNeeds(top, agency, whole, shown);
  const changes = [...whole.flatMap((it) => it.changes), ...manifest];
  return { top, id, changes, refused: planned.flatMap((it) => it.refused), next: changes.length === 0 ? [] : next };
}

interface PlannedPart {
  part: Part;
  changes: PlannedChange[];
  refused: Refusal[];
}

async function planPart(agency: Agency, part: Part): Promise<PlannedPart> {
  const outcomes = await Promise.all(part.files(agency).map((it) => planGenerated(agency.home, it)));
  const changes = outcomes.flatMap((it) => (Array.isArray(it) ? it : []));
  return { part, changes, refused: outcomes.flatMap((it) => (Array.isArray(it) ? [] : [it])) };
}

async function planNeeds(top: string, agency: Agency, parts: readonly PlannedPart[], shown: ScaffoldRequest["shown"]) {
  const ecosystem = ecosystemOf[agency.language];
  const dependencies = parts.flatMap(({ part }) => part.dependencies[ecosystem]);
  const change = dependencies.length === 0 ? undefined : await planDependencies(top, dirname(agency.runtime), { ecosystem, dependencies });
  const manifest: PlannedChange[] = change ? [{ change, how: "manifest" }] : [];
  const steps = parts.flatMap(({ part, changes }) => (changes.length > 0 ? part.next(agency, shown) : []));
  if (change) return { manifest, next: [`install what ${shown(change.path)} names now: ${installCommand(change.path)}`, ...steps] };
  return { manifest, next: change === null ? [installUnlisted(dependencies), ...steps] : steps };
}
