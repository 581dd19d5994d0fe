/** `cockpit discover`. */
import { dirname, join } from "node:path";
import type { Agent } from "../../engine/discovery/agent.ts";
import { plural } from "../../fleet/model/plural.ts";
import { discover } from "../../host/discover.ts";
import type { Flags } from "../flags.ts";
import { noSuchAgent } from "../report.ts";
import { openSession, shownPath } from "../session.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  terminal.progress("looking for agents");
  const folder = session.isFile ? dirname(session.target) : session.target;
  const all = await discover({ target: folder, config: session.config, signal: terminal.signal });
  terminal.progress("");
  terminal.signal.throwIfAborted();
  const id = flags.text("id");
  const agents = id === undefined ? all : [all.find((it) => it.id === id) ?? noSuchAgent(id, all)];
  if (flags.text("format") === "json") await terminal.out(`${JSON.stringify({ version: 1, target: folder, agents }, null, 2)}\n`);
  else await terminal.out(table(agents, folder, terminal));
  if (!flags.on("quiet") && flags.text("format") !== "json") terminal.note(terminal.noteColors.dim(plural(agents.length, "agent")));
  return 0;
}

function table(agents: readonly Agent[], folder: string, { colors }: Terminal): string {
  const rows = agents.map((it) => [
    it.id,
    it.language,
    shownPath(join(folder, it.root)),
    it.frameworks.join(", "),
    it.entryPoints.join(", "),
  ]);
  const widths = rows.reduce((all: number[], row) => row.map((cell, i) => Math.max(cell.length, all[i] ?? 0)), []);
  const lines = rows.map(([id = "", ...facts]) => {
    const cells = facts.map((cell, i) => cell.padEnd(widths[i + 1] ?? 0)).join("  ");
    return `${colors.bold(id.padEnd(widths[0] ?? 0))}  ${colors.dim(cells).trimEnd()}`;
  });
  return lines.map((it) => `${it.trimEnd()}\n`).join("");
}
