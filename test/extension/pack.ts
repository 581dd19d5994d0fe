/** An extension of the tests' own as a VSIX, to be installed beside ours. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { run } from "../../scripts/code-server.ts";

const root = join(import.meta.dirname, "../..");

/** Bundles `entry`, which is activated when VS Code has started. Returns the VSIX, a file of `temporary`. */
export async function packExtension(name: string, entry: string, temporary: string): Promise<string> {
  const folder = join(temporary, name);
  const vsix = join(temporary, `${name}.vsix`);
  await mkdir(folder);
  await build({
    entryPoints: [entry],
    outfile: join(folder, "extension.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
  });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, ...manifest }));
  await run(join(root, "node_modules/.bin/vsce"), [...packageQuietly, "--out", vsix], { cwd: folder });
  return vsix;
}

const packageQuietly = ["package", "--no-dependencies", "--allow-missing-repository", "--skip-license"];

const manifest = {
  publisher: "agentops-cockpit",
  version: "0.0.1",
  engines: { vscode: "^1.101.0" },
  main: "./extension.cjs",
  activationEvents: ["onStartupFinished"],
  extensionKind: ["workspace"],
  capabilities: { untrustedWorkspaces: { supported: true } },
};
