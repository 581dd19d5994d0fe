/** A workspace of many agents: the last are critical, before them come warnings, the rest is green. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Shares {
  critical: number;
  warnings: number;
}

export const agentName = (at: number): string => `agent-${at}`;

export async function writeAgents(root: string, count: number, { critical, warnings }: Shares): Promise<void> {
  await mkdir(join(root, ".git"), { recursive: true });
  await mkdir(join(root, ".vscode"));
  await writeFile(join(root, ".vscode/settings.json"), JSON.stringify({ "cockpit.live.port": 0 }));
  await writeFile(
    join(root, "cockpit.json"),
    JSON.stringify({ rules: { E702: "error", "untracked-client": "off", "uncapped-client": "off" } }),
  );
  for (let at = 0; at < count; at++) {
    const folder = join(root, `teams/team-${at % 20}/${agentName(at)}`);
    const more = at >= count - critical ? "import os; import sys\n" : at >= count - critical - warnings ? "if client: pass\n" : "";
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "pyproject.toml"), `[project]\nname = "${agentName(at)}"\n`);
    await writeFile(join(folder, "main.py"), `from openai import OpenAI\n\nclient = OpenAI()\n${more}`);
  }
}
