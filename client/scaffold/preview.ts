/** Shows a plan as one editor of differences, before anything is written. What is left alone is shown too, beside what would be generated. */
import * as vscode from "vscode";
import type { ScaffoldPlanMessage } from "../../server/protocol/lsp.ts";

const scheme = "cockpit-scaffold";

/** Resolves when it is open; the texts are kept until it is closed. */
export async function openPreview(title: string, { files, refused, digest }: ScaffoldPlanMessage) {
  const shown = files.filter(({ how }) => how !== "record").map(({ uri, before, after }) => ({ uri, before, after }));
  const left = refused.map(({ uri, before, proposal }) => ({ uri, before, after: proposal }));
  // What is there already first: those differences are short.
  const inOrder = [...shown, ...left].toSorted((a, b) => Number(a.before === null) - Number(b.before === null));
  const rows = inOrder.map((it) => rowOf(it, digest));
  texts = new Map(rows.flatMap((it) => it.texts));
  const resources = rows.map((it) => it.resources);
  if (resources.length > 0) await vscode.commands.executeCommand("vscode.changes", title, resources);
  return {
    async close() {
      const tabs = vscode.window.tabGroups.all.flatMap((it) => it.tabs).filter((it) => it.label.startsWith(title));
      await vscode.window.tabGroups.close(tabs);
    },
  };
}

/** Texts of the plan that is shown, by the URI that they are shown under. */
let texts = new Map<string, string>();

export const registerPreviews = (): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "This plan is no longer shown.",
  });

/** The digest keeps VS Code from showing the texts of another plan. */
function rowOf({ uri, before, after }: { uri: string; before: string | null; after: string }, digest: string) {
  const file = vscode.Uri.parse(uri, true);
  const [old, now] = ["before", "after"].map((side) => file.with({ scheme, query: `${side}=${digest}` }));
  const pairs = [...(before === null || !old ? [] : [[old, before] as const]), ...(now ? [[now, after] as const] : [])];
  return {
    resources: [file, before === null ? undefined : old, now],
    texts: pairs.map(([it, text]) => [it.toString(), text.replace(/^\uFEFF/, "")] as const),
  };
}
