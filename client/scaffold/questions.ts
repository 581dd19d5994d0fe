/** What the wizard asks: which agent, in which language, which parts. */
import type * as vscode from "vscode";
import { languageNames } from "../../server/protocol/language-names.ts";
import type { Fleet, FleetAgent, ScaffoldParams } from "../../server/protocol/lsp.ts";
import { type PartId, partIds, partSummaries, type ScaffoldLanguage, scaffoldLanguages } from "../../server/protocol/scaffold.ts";
import { type Answer, type Place, pick } from "./multi-step.ts";

/** What is decided so far. */
export interface Draft {
  agent?: Chosen;
  language?: ScaffoldLanguage;
  parts?: PartId[];
  /** Of the plan that a person agreed to. */
  digest?: string;
}

export interface Chosen extends Pick<FleetAgent, "id" | "root" | "language"> {
  /** The workspace folder's URI. */
  folder: string;
}

export const title = "Scaffold";

export const askAgent =
  (fleet: Fleet) =>
  async (draft: Draft, place: Place): Promise<Answer<Draft>> => {
    const agents = fleet.folders.flatMap(({ uri, agents }) => agents.map((it) => ({ ...it, folder: uri })));
    const items = agents.map((agent) => ({ label: agent.id, description: `${nameOf(agent.language)} · ${agent.root}`, agent }));
    const isSame = (agent: Chosen) => agent.id === draft.agent?.id && agent.folder === draft.agent.folder;
    const preselected = items.filter(({ agent }) => isSame(agent));
    const answer = await pick({ ...place, title, placeholder: "For which agent?", items, preselected });
    if (!Array.isArray(answer)) return answer;
    const [chosen] = answer;
    // Another agent is asked for anew, in its own language.
    return chosen && (isSame(chosen.agent) ? draft : { agent: chosen.agent });
  };

export async function askLanguage(draft: Draft, place: Place): Promise<Answer<Draft>> {
  const dominant = dominantOf(draft.agent);
  const sorted = scaffoldLanguages.toSorted((a, b) => Number(b === dominant) - Number(a === dominant));
  const items = sorted.map((language) => ({
    label: nameOf(language),
    ...(language === dominant ? { description: "what the agent is written in" } : {}),
    language,
  }));
  const preselected = [items.find((it) => it.language === draft.language) ?? items[0]].filter((it) => it !== undefined);
  const answer = await pick({ ...place, title, placeholder: `In which language, for ${draft.agent?.id}?`, items, preselected });
  if (!Array.isArray(answer)) return answer;
  const [chosen] = answer;
  return chosen && { ...draft, language: chosen.language };
}

export async function askParts(draft: Draft, place: Place): Promise<Answer<Draft>> {
  const items: (vscode.QuickPickItem & { part: PartId })[] = partIds.map((part) => ({
    label: part,
    description: partSummaries[part],
    part,
  }));
  const placeholder = `What does ${draft.agent?.id} get? Space chooses, Enter goes on`;
  const preselected = items.filter(({ part }) => draft.parts?.includes(part) ?? true);
  const answer = await pick({ ...place, title, placeholder, items, preselected, many: true });
  return Array.isArray(answer) ? { ...draft, parts: answer.map((it) => it.part) } : answer;
}

export function paramsOf({ agent, language, parts }: Draft): ScaffoldParams | undefined {
  return agent && language && parts && { folder: agent.folder, agent: agent.id, language, parts };
}

const dominantOf = (agent: Chosen | undefined) =>
  scaffoldLanguages.find((it) => it === (agent?.language === "tsx" ? "typescript" : agent?.language));

const nameOf = (language: string) => languageNames[language] ?? language;
