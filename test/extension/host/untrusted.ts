/** In restricted mode auditing works as ever. */
import assert from "node:assert/strict";
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
};
