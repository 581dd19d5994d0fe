/** The demo's workspace: a copy of the samples, its model clients wrapped by our own command, with a budget for each agent. */
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { run, versionOf } from "../code-server.ts";
import { cli, inbox, places, samples } from "./places.ts";

const { fleet } = places;

export async function makeFleet(port: number, wrongAfter: number): Promise<void> {
  await rm(fleet, { recursive: true, force: true });
  await cp(samples, fleet, { recursive: true, filter: isSource });
  await cp(join(import.meta.dirname, "inbox"), inbox, { recursive: true });
  await rename(join(fleet, "README.md"), join(fleet, "SAMPLES.md"));
  await writeFile(join(fleet, "README.md"), await readme(wrongAfter));
  await writeFile(join(fleet, "cockpit.json"), configuration);
  await writeFile(join(fleet, ".gitignore"), "node_modules\n__pycache__/\n.vscode/\n");
  await mkdir(join(fleet, ".vscode"));
  await writeFile(join(fleet, ".vscode/settings.json"), JSON.stringify({ "cockpit.live.port": port }, null, 2));
  await keepVersions();
  await run(process.execPath, [cli, "fix", "--rule", "untracked-client", "--apply", "--quiet"], { cwd: fleet });
}

/** What somebody installed in the samples themselves stays there. */
const isSource = (path: string) => !["node_modules", ".venv", "__pycache__"].includes(basename(path)) && !path.endsWith(".egg-info");

const configuration = `{
  "fleet": {
    // What each agent may spend. More is an alert; nobody is paused by that alone.
    "budgets": [{ "agent": "*", "unit": "usd", "per": "hour", "limit": 0.75 }]
  }
}
`;

/** What the wrapping changes shows in VS Code's view of changes. Without git a folder of that name still keeps our own repository's settings away. */
async function keepVersions(): Promise<void> {
  if (versionOf("git") === undefined) return void (await mkdir(join(fleet, ".git")));
  const somebody = ["-c", "user.name=demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"];
  await run("git", ["-c", "init.defaultBranch=main", "init", "--quiet", "--template="], { cwd: fleet });
  await run("git", ["add", "--all"], { cwd: fleet });
  await run("git", [...somebody, "commit", "--quiet", "--message", "The samples as they come"], { cwd: fleet });
}

/** The page that a newcomer sees first. It names the Forest where the extension has it. */
async function readme(wrongAfter: number): Promise<string> {
  const text = await readFile(join(import.meta.dirname, "README.md"), "utf8");
  const hasForest = manifest.contributes.commands.some(({ command }) => command === "cockpit.openForest");
  const when = wrongAfter === 60 ? "About a minute" : `${wrongAfter} seconds`;
  return text
    .replaceAll("{when}", when)
    .replace(/^\{forest\}(.*)\n/gm, hasForest ? "$1\n" : "")
    .replace(/^\{no forest\}(.*)\n/gm, hasForest ? "" : "$1\n");
}
