/** The import rules of docs/architecture.md are Biome overrides; each is seen here to catch a planted violation. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "import-rules-"));
after(() => rmSync(folder, { recursive: true }));

const planted: [file: string, specifier: string, verdict: "allowed" | "forbidden"][] = [
  ["server/engine/planted.ts", "./finding.ts", "allowed"],
  ["server/engine/rules/some-rule/rule.ts", "../../facts.ts", "allowed"],
  ["server/engine/parser.ts", "web-tree-sitter", "allowed"],
  ["server/engine/io.ts", "node:fs", "forbidden"],
  ["server/engine/zod.ts", "zod", "forbidden"],
  ["server/engine/scoped.ts", "@scope/name", "forbidden"],
  ["server/engine/host.ts", "../host/engine.ts", "forbidden"],
  ["server/engine/rules/some-rule/protocol.ts", "../../../protocol/report.ts", "forbidden"],
  ["server/fleet/planted.ts", "./event.ts", "allowed"],
  ["server/fleet/anomaly/planted.ts", "../event.ts", "allowed"],
  ["server/fleet/io.ts", "node:fs", "forbidden"],
  ["server/fleet/zod.ts", "zod", "forbidden"],
  ["server/fleet/engine.ts", "../engine/finding.ts", "forbidden"],
  ["server/fleet/anomaly/protocol.ts", "../../protocol/fleet-event.ts", "forbidden"],
  ["server/fleet/anomaly/telemetry.ts", "../../telemetry/lake/lake.ts", "forbidden"],
  ["server/protocol/planted.ts", "../engine/finding.ts", "allowed"],
  ["server/protocol/event.ts", "../fleet/event.ts", "allowed"],
  ["server/protocol/model.ts", "../fleet/model/fleet-row.ts", "allowed"],
  ["server/host/model.ts", "../fleet/model/health.ts", "allowed"],
  ["server/protocol/host.ts", "../host/audit.ts", "forbidden"],
  ["server/host/planted.ts", "../engine/engine.ts", "allowed"],
  ["server/host/door.ts", "../cli/main.ts", "forbidden"],
  ["server/host/editor.ts", "vscode", "forbidden"],
  ["server/scaffold/planted.ts", "../host/config.ts", "allowed"],
  ["server/scaffold/door.ts", "../cli/flags.ts", "forbidden"],
  ["server/scaffold/manifests/door.ts", "../../lsp/session.ts", "forbidden"],
  ["server/scaffold/editor.ts", "vscode", "forbidden"],
  ["server/cli/planted.ts", "../host/audit.ts", "allowed"],
  ["server/cli/door.ts", "../lsp/main.ts", "forbidden"],
  ["server/lsp/door.ts", "../cli/main.ts", "forbidden"],
  ["server/lsp/editor.ts", "vscode", "forbidden"],
  ["client/planted.ts", "../server/protocol/report.ts", "allowed"],
  ["client/engine.ts", "../server/engine/engine.ts", "forbidden"],
  ["client/deep/host.ts", "../../server/host/audit.ts", "forbidden"],
  ["client/forest/model.ts", "../../server/fleet/model/fleet-model.ts", "allowed"],
  ["client/forest/anomaly.ts", "../../server/fleet/anomaly/anomaly.ts", "forbidden"],
  ["client/forest/own.ts", "../fleet/fleet-tree.ts", "allowed"],
  ["client/forest/telemetry.ts", "../../server/telemetry/live-wire.ts", "forbidden"],
  ["webview/model.ts", "../server/fleet/model/fleet-model.ts", "allowed"],
  ["webview/protocol.ts", "../server/protocol/lsp.ts", "allowed"],
  ["webview/engine.ts", "../server/engine/engine.ts", "forbidden"],
  ["webview/anomaly.ts", "../server/fleet/anomaly/anomaly.ts", "forbidden"],
  ["webview/host.ts", "../server/host/audit.ts", "forbidden"],
  ["client/commands/scaffold.ts", "../../server/scaffold/scaffold.ts", "forbidden"],
];

test("import rules catch planted violations and nothing else", () => {
  const settings = JSON.parse(readFileSync(join(repository, "biome.json"), "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...settings, $schema: undefined, vcs: undefined }));
  for (const [file, specifier] of planted) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import { thing } from "${specifier}";\n\nexport const other = thing;\n`);
  }
  const biome = join(repository, "node_modules/.bin/biome");
  const { stdout, error } = spawnSync(
    biome,
    ["lint", "--reporter=json", "--only=style/noRestrictedImports", "--max-diagnostics=none", "."],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  assert.ifError(error);
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  const caught = new Set(report.diagnostics.filter((it) => it.category === "lint/style/noRestrictedImports").map((it) => it.location.path));
  assert.deepEqual(
    planted.map(([file, specifier]) => [file, specifier, caught.has(file) ? "forbidden" : "allowed"]),
    planted,
  );
});
