/** The wizard's last question: the differences are on the screen, shall they be written? */
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import type { ScaffoldAnswer, ScaffoldPlanMessage } from "../../server/protocol/lsp.ts";
import { sayServerFailed } from "../commands/audit-workspace.ts";
import type { Server } from "../server.ts";
import { type Answer, type Place, pick } from "./multi-step.ts";
import { openPreview } from "./preview.ts";
import { type Draft, paramsOf, title } from "./questions.ts";

export const review =
  (server: Server) =>
  async (draft: Draft, place: Place): Promise<Answer<Draft>> => {
    const plan = await planFor(server, draft);
    if (!plan) return undefined;
    const label = `Scaffold ${draft.agent?.id}`;
    const preview = await openPreview(label, plan);
    try {
      if (plan.files.length === 0) return void (await sayLeftAlone(plan));
      const answer = await ask(plan, place);
      return answer === "write" ? { ...draft, digest: plan.digest } : answer;
    } finally {
      if (plan.files.length > 0) await preview.close();
    }
  };

/** Says itself why there is none. */
async function planFor(server: Server, draft: Draft): Promise<ScaffoldPlanMessage | undefined> {
  const { planScaffoldMethod, scaffoldAnswerSchema } = await import("../../server/protocol/lsp.ts");
  const answer = scaffoldAnswerSchema.safeParse(await server.request(planScaffoldMethod, paramsOf(draft)));
  if (!answer.success) return void (await sayServerFailed("Nothing was scaffolded"));
  const plan: ScaffoldAnswer = answer.data;
  if ("problem" in plan) return void vscode.window.showErrorMessage(`Nothing was scaffolded: ${plan.problem}.`);
  if (plan.files.length + plan.refused.length === 0)
    return void vscode.window.showInformationMessage(`${draft.agent?.id} has it all: nothing to do.`);
  return (await areSaved(plan)) ? plan : undefined;
}

/** What is not saved is not in the plan, and would be lost. */
async function areSaved({ files }: ScaffoldPlanMessage): Promise<boolean> {
  const planned = new Set(files.map(({ uri }) => vscode.Uri.parse(uri, true).toString()));
  const unsaved = vscode.workspace.textDocuments.find((it) => it.isDirty && planned.has(it.uri.toString()));
  if (!unsaved) return true;
  const name = vscode.workspace.asRelativePath(unsaved.uri);
  void vscode.window.showWarningMessage(`${name} has changes that are not saved. Save it and run Scaffold again.`);
  return false;
}

async function ask(plan: ScaffoldPlanMessage, place: Place): Promise<Answer<"write">> {
  const shown = plan.files.filter(({ how }) => how !== "record");
  const left = plan.refused.length > 0 ? `; ${plural(plan.refused.length, "file")} left alone` : "";
  const what = shown.length > 0 ? plural(shown.length, "file") : "what was generated to .cockpit/generated";
  const write = { label: `$(check) Write ${what}`, description: shown.map(({ path }) => path).join(", ") };
  const read = { label: "$(diff-multiple) Read the differences first", description: "asks again in a notification" };
  const cancel = { label: "$(close) Cancel", description: "nothing is written" };
  const placeholder = `Nothing is written yet${left}`;
  const answer = await pick({ ...place, title, placeholder, items: [write, read, cancel], preselected: [write] });
  if (!Array.isArray(answer)) return answer;
  if (answer[0] === read) return askAside(write.label.replace("$(check) ", ""));
  return answer[0] === write ? "write" : undefined;
}

/** Out of the way, so that the whole diff can be read. */
async function askAside(label: string): Promise<Answer<"write">> {
  const answer = await vscode.window.showInformationMessage("Nothing is written yet.", label, "Cancel");
  return answer === label ? "write" : undefined;
}

async function sayLeftAlone({ refused }: ScaffoldPlanMessage) {
  const reasons = refused.map(({ path, reason }) => `${path}: ${reason.split("\n")[0]}`);
  void vscode.window.showWarningMessage(`Nothing was written. Left alone were ${reasons.join("; ")}.`);
}
