/** A login that waits for a person at a page of the provider: shows the code and opens the page. */
import * as vscode from "vscode";
import type { LoginPrompt } from "../../server/protocol/auth-messages.ts";

/** What the progress of the login says meanwhile. */
export const waitingFor = ({ url, code }: LoginPrompt) => `the code ${code} is to be typed at [${url}](${url})`;

/** Modal, as it goes away with its answer: a notification would stay when the login has ended. */
export async function showDeviceCode({ url, code }: LoginPrompt): Promise<void> {
  const open = { title: "Copy Code and Open Page" };
  // Closing it ends nothing: the progress shows the code, too, and is where the login can be cancelled.
  const close = { title: "Close", isCloseAffordance: true };
  const how = { modal: true, detail: `To log in, type it at ${url}` };
  if ((await vscode.window.showInformationMessage(`Your code is ${code}`, how, open, close)) !== open) return;
  await vscode.env.clipboard.writeText(code);
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}
