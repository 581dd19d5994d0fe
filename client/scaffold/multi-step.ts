/** Questions that are asked one after the other, with a way back. */
import * as vscode from "vscode";

/** `undefined` when the person gave up. */
export type Answer<T> = T | "back" | undefined;

/** Gives what the questions and a person made of `draft`, or `undefined` when the person gave up. Who goes back finds the answers that were given. */
export async function askInTurn<T>(
  draft: T,
  questions: readonly ((draft: T, place: Place) => Promise<Answer<T>>)[],
): Promise<T | undefined> {
  const drafts = [draft];
  while (drafts.length <= questions.length) {
    const [question, now] = [questions[drafts.length - 1], drafts.at(-1)];
    if (!question || now === undefined) return undefined;
    const answer = await question(now, { step: drafts.length, totalSteps: questions.length });
    if (answer === undefined) return undefined;
    if (answer === "back") drafts.splice(-2, 2, now);
    else drafts.push(answer);
  }
  return drafts.at(-1);
}

export interface Place {
  step: number;
  totalSteps: number;
}

export interface Question<I extends vscode.QuickPickItem> extends Place {
  title: string;
  placeholder: string;
  items: readonly I[];
  /** Chosen before the person does anything. */
  preselected: readonly I[];
  /** Whether several may be chosen; at least one is, unless `none` may be. */
  many?: boolean;
  none?: boolean;
}

/** Stays open while the person looks elsewhere. */
export function pick<I extends vscode.QuickPickItem>({
  items,
  preselected,
  many = false,
  none = false,
  ...rest
}: Question<I>): Promise<Answer<I[]>> {
  const input = vscode.window.createQuickPick<I>();
  Object.assign(input, rest, { items, canSelectMany: many, ignoreFocusOut: true, matchOnDescription: true });
  if (rest.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  if (many) input.selectedItems = preselected;
  else input.activeItems = preselected;
  return new Promise((resolve) => {
    const end = (answer: Answer<I[]>) => {
      resolve(answer);
      input.dispose();
    };
    input.onDidTriggerButton(() => end("back"));
    input.onDidAccept(() => (none || input.selectedItems.length > 0) && end([...input.selectedItems]));
    input.onDidHide(() => end(undefined));
    input.show();
  });
}
