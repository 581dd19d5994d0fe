/** A login that waits for a person at a page of the provider: shows the code and opens the page. */
import * as vscode from "vscode";
import type { LoginPrompt } from "../../server/protocol/auth-messages.ts";

export async function showDeviceCode({ url, code }: LoginPrompt): Promise<void> {
  const open = "Copy Code and Open Page";
  const said = await vscode.window.showInformationMessage(`To log in, type the code ${code} at ${url}`, open);
  if (said !== open) return;
  await vscode.env.clipboard.writeText(code);
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}
