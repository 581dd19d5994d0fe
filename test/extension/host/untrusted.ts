/** In restricted mode auditing works as ever. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { planted } from "../sample-findings.ts";
import type { Suite } from "./extension.ts";
import { eventually, findingsOf, show } from "./workspace.ts";

const file = "travel-concierge/concierge/tools.py";

export const untrusted: Suite = {
  "finds what is wrong in a workspace that is not trusted": async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const { document } = await show(file);
    await eventually(() => findingsOf(document), planted[file]?.map(({ rule, line }) => `${rule}: ${line}`) ?? []);
  },
  "asks nothing for a login, and refuses it": async () => {
    // A question would wait for its answer.
    const answered = await Promise.race([vscode.commands.executeCommand("cockpit.logIn").then(() => "refused"), sleep(5000, "asked")]);
    assert.equal(answered, "refused");
  },
  "does not start Live Wire": async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert(folder);
    // It asks, and nobody answers.
    void vscode.commands.executeCommand("cockpit.startLiveWire");
    await sleep(2000);
    await assert.rejects(async () => vscode.workspace.fs.stat(vscode.Uri.joinPath(folder.uri, ".cockpit/lake")));
  },
};
