/** The extension as other code in VS Code sees it: diagnostics, actions, commands, settings. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import { fixedTools, planted, repairs, tools } from "../sample-findings.ts";
import type { Suite } from "./extension.ts";
import { diagnosticsOf, eventually, extension, fileUri, findingsOf, quickFixesAt, revert, ruleOf, show } from "./workspace.ts";

const expected = (file: string) => planted[file]?.map(({ rule, line }) => `${rule}: ${line}`) ?? [];

export const trusted: Suite = {
  "activates on a folder of agents and registers its commands": async () => {
    await eventually(() => extension().isActive, true);
    const known = new Set(await vscode.commands.getCommands(true));
    const contributed: { command: string }[] = extension().packageJSON.contributes.commands;
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((it) => !known.has(it)),
      [],
    );
  },

  "shows what is wrong with every sample, and nothing else": async () => {
    for (const file of [...Object.keys(planted), ...inOrder]) {
      const { document } = await show(file);
      await eventually(() => findingsOf(document), expected(file));
    }
  },

  "links every finding to its rule's page": async () => {
    await show(tools);
    const [finding] = diagnosticsOf(fileUri(tools));
    assert(typeof finding?.code === "object");
    const page = vscode.Uri.joinPath(extension().extensionUri, "docs/rules", `${ruleOf(finding)}.md`);
    assert.equal(finding.code.target.path, page.path);
  },

  "a preferred quick fix repairs each finding of its rule and no other byte": async () => {
    for (const { file, line, fixed } of repairs) {
      const { document } = await show(file);
      const before = document.getText();
      await eventually(() => findingsOf(document), expected(file));
      const finding = diagnosticsOf(document.uri).find((it) => document.lineAt(it.range.start.line).text.trim() === line);
      assert(finding, `a finding at ${line}`);
      const [fix] = (await quickFixesAt(document.uri, finding.range)).filter((it) => it.isPreferred);
      assert(fix?.edit, `a preferred fix of ${line}`);
      await vscode.workspace.applyEdit(fix.edit);
      assert.equal(
        document.getText(),
        before.replace(line, () => fixed),
      );
      await revert();
    }
  },

  "offers to silence a finding with a comment": async () => {
    const { document } = await show("travel-concierge/concierge/main.py");
    await eventually(() => findingsOf(document), expected("travel-concierge/concierge/main.py"));
    const client = diagnosticsOf(document.uri).find((it) => ruleOf(it) === "untracked-client");
    assert(client);
    const silence = (await quickFixesAt(document.uri, client.range)).find(({ title }) => /ignore untracked-client/i.test(title));
    assert(silence?.edit, "an action that silences");
    await vscode.workspace.applyEdit(silence.edit);
    await eventually(() => findingsOf(document).some((it) => it.startsWith("untracked-client")), false);
    await revert();
  },

  "a fix that needs a file with unsaved changes waits until it is saved": async () => {
    const manifest = "travel-concierge/pyproject.toml";
    const typed = new vscode.WorkspaceEdit();
    typed.insert((await show(manifest)).document.uri, new vscode.Position(0, 0), "# typed\n");
    await vscode.workspace.applyEdit(typed);
    const { document } = await show("travel-concierge/concierge/main.py");
    await eventually(() => findingsOf(document), expected("travel-concierge/concierge/main.py"));
    const client = diagnosticsOf(document.uri).find((it) => ruleOf(it) === "untracked-client");
    assert(client);
    const track = async () => (await quickFixesAt(document.uri, client.range)).find(({ title }) => title.startsWith("Track the calls"));
    const waiting = await track();
    assert(waiting, "it is offered");
    assert.equal(waiting.edit, undefined);
    await show(manifest);
    await revert();
    assert((await track())?.edit, "and made once nothing is unsaved");
  },

  "fix all in this file repairs what is safe": async () => {
    const { document } = await show(tools);
    await eventually(() => findingsOf(document), expected(tools));
    await vscode.commands.executeCommand("cockpit.fixAllInFile");
    await eventually(() => document.getText().split("\n").slice(24), fixedTools);
    await eventually(() => findingsOf(document), []);
    await revert();
  },

  "a setting counts at once, without a restart": async () => {
    const { document } = await show(tools);
    await eventually(() => findingsOf(document), expected(tools));
    const settings = vscode.workspace.getConfiguration("cockpit");
    await settings.update("rules.E703", "off", vscode.ConfigurationTarget.Workspace);
    await eventually(
      () => findingsOf(document),
      expected(tools).filter((it) => !it.startsWith("E703")),
    );
    await settings.update("rules.E703", undefined, vscode.ConfigurationTarget.Workspace);
    await eventually(() => findingsOf(document), expected(tools));
  },

  "the server restarts on command and finds the same again": async () => {
    const { document } = await show(tools);
    await vscode.commands.executeCommand("cockpit.restartServer");
    await eventually(() => findingsOf(document), expected(tools));
  },

  "the fleet stays in sight while the server restarts": async () => {
    const { outline } = extension().exports;
    const before = outline();
    assert.notDeepEqual(before, []);
    const seen = new Set<number>();
    const looking = setInterval(() => seen.add(outline().length), 5);
    await vscode.commands.executeCommand("cockpit.restartServer");
    clearInterval(looking);
    seen.add(outline().length);
    assert.deepEqual([...seen], [before.length]);
  },

  "the fleet shows every agent by health": async () => {
    const { outline } = extension().exports;
    await eventually(() => outline().filter((it) => /^ {0,2}\S/.test(it)), fleet);
  },

  "a file that changes outside of the editor changes the fleet": async () => {
    const { outline } = extension().exports;
    const planner = () =>
      outline()
        .find((it) => it.includes("planner"))
        ?.includes("· 1 hint ·");
    const file = fileUri("research-desk/agents/planner/main.py").fsPath;
    const before = await readFile(file, "utf8");
    await eventually(planner, true);
    await writeFile(file, `${before}\nif True: pass\n`);
    await eventually(planner, false);
    await writeFile(file, before);
    await eventually(planner, true);
  },

  "fix all in the workspace repairs every file": async () => {
    await vscode.commands.executeCommand("cockpit.fixAll");
    await vscode.workspace.saveAll();
    const text = await readFile(fileUri(tools).fsPath, "utf8");
    assert.deepEqual(text.split("\n").slice(24), fixedTools);
    const panel = await readFile(fileUri("storefront-ui/src/order-panel.tsx").fsPath, "utf8");
    assert.match(panel, /<A2UIRenderer surfaceId=\{surfaceId\} fallback=/);
  },
};

const inOrder = ["research-desk/agents/searcher/src/index.ts"];

/** The fleet's healths and agents as the view shows them. */
const fleet = `
Critical (2)
  storefront-ui · 2 errors, 2 warnings · TypeScript
  surface-server · 1 error, 1 hint · Python
Warning (4)
  travel-concierge · 10 warnings, 1 hint · Python
  writer · 2 warnings, 1 hint · Python
  invoice-extractor · 1 warning, 1 hint · TypeScript
  ledger-watch · 1 warning, 1 hint · Go
Green (5)
  catalog-search · 1 hint · Go
  claims-triage · 1 hint · Python
  planner · 1 hint · Python
  support-router · 1 hint · TypeScript
  searcher · no findings · TypeScript
`
  .trim()
  .split("\n");
