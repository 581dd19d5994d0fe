/** `cockpit registry check`. */
import { dirname, join } from "node:path";
import type { CheckedPackage, RegistryCheck } from "../../auth/failover/check.ts";
import { checkRegistries } from "../../auth/failover/check.ts";
import type { Probe } from "../../auth/probe.ts";
import { discover } from "../../host/discover.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import type { Flags } from "../flags.ts";
import { openSession } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const { target, isFile, config } = await openSession(flags);
  const folder = isFile ? dirname(target) : target;
  const packages = flags.list("packages");
  terminal.progress("asking the package indexes");
  const agents = packages.length > 0 ? [] : await discover({ target: folder, config, signal: terminal.signal });
  const listed = [...config.publicPackages, ...flags.list("public")];
  const roots = agents.map(({ root }) => join(folder, root));
  const check = await refusalAsUsage(() =>
    checkRegistries({ folder, agents: roots, packages, listed, env: terminal.environment, signal: terminal.signal }),
  );
  terminal.progress("");
  if (flags.text("format") === "json") await terminal.out(`${JSON.stringify(documentOf(folder, check), null, 2)}\n`);
  else await terminal.out(pretty(check, terminal));
  const isWell = check.indexes.every(({ verdict }) => verdict === "reachable");
  if (!isWell && !flags.on("quiet") && flags.text("format") !== "json") sayDecisions(check, terminal);
  return isWell ? 0 : 1;
}

/** Credentials are in no document. */
function documentOf(target: string, { indexes, packages, decisions }: RegistryCheck) {
  const rows = indexes.map(({ index: { tool, format, name, url, from, scope }, verdict, status, detail, next }) => ({
    tool,
    format,
    name,
    url,
    from,
    ...(scope === undefined ? {} : { scope }),
    verdict,
    ...(status === undefined ? {} : { status }),
    detail,
    next,
  }));
  return { version: 1, target, indexes: rows, packages, decisions: decisions.map(({ tool, decision }) => ({ tool, ...decision })) };
}

function pretty({ indexes, packages }: RegistryCheck, terminal: Terminal): string {
  const { colors } = terminal;
  const rows = indexes.map(({ index }) => [index.tool, index.scope ?? index.name, index.url]);
  const lines = indexes.map((it, i) => {
    const next = it.next === "" ? "" : `\n  ${colors.dim("next:")} ${printable(it.next)}`;
    return `${verdictText(it, terminal)}  ${padded(rows, i)}  ${colors.dim(printable(it.detail))}${next}`;
  });
  const names = packages.map((it) => [it.format, it.name, placesOf(it)]);
  const rest = packages.map((it, i) => `${padded(names, i)}  ${colors.dim(lockOutText(it))}`);
  return [...lines, "", ...rest].map((it) => `${it}\n`).join("");
}

function verdictText({ verdict }: Probe, { colors }: Terminal): string {
  const text = verdict.replace("-", " ").padEnd("needs login".length);
  return verdict === "reachable"
    ? colors.green(text)
    : verdict === "offline" || verdict === "tls-failure"
      ? colors.red(text)
      : colors.yellow(text);
}

function padded(rows: readonly (readonly string[])[], i: number): string {
  const widths = rows.reduce((all: number[], row) => row.map((cell, column) => Math.max(printable(cell).length, all[column] ?? 0)), []);
  return (rows[i] ?? []).map((cell, column) => printable(cell).padEnd(widths[column] ?? 0)).join("  ");
}

const placesOf = ({ at }: CheckedPackage) => at.map(({ tool, index, state }) => `${tool} ${index}: ${state}`).join(", ") || "not asked for";

const lockOutText = ({ public: why, onLockOut }: CheckedPackage) =>
  onLockOut === "retry-public" ? `on lock-out: asked of the public index (${why})` : "on lock-out: stop, it is not known to be public";

function sayDecisions({ decisions }: RegistryCheck, { note, noteColors }: Terminal) {
  for (const { tool, decision } of decisions) {
    if (decision.action === "use") continue;
    const what = decision.action === "stop" ? `stop. Next: ${decision.suggestion}` : "run it once more with the public index alone";
    note(`${noteColors.bold(tool)}: ${printable(decision.reason)}; cockpit auth exec would ${printable(what)}`);
  }
}
