/** `cockpit scaffold`: what an agent lacks is planned, and shown or written. */
import { dirname, relative, sep } from "node:path";
import type { Agent } from "../../engine/discovery/agent.ts";
import { plural } from "../../fleet/model/plural.ts";
import { survey } from "../../host/discover.ts";
import { scaffoldLanguages } from "../../protocol/scaffold.ts";
import { applyChanges } from "../../scaffold/file-change.ts";
import type { PlannedChange, Refusal } from "../../scaffold/generated.ts";
import { parts } from "../../scaffold/parts.ts";
import { languageIn, type Survey } from "../../scaffold/place.ts";
import { planScaffold, type ScaffoldPlan } from "../../scaffold/scaffold.ts";
import { ScaffoldError } from "../../scaffold/scaffold-error.ts";
import { colored, unifiedDiff } from "../diff.ts";
import { type Flags, UsageError } from "../flags.ts";
import { lineEdits } from "../line-edits.ts";
import { noSuchAgent } from "../report.ts";
import { openSession, shownPath } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  terminal.progress("looking for agents");
  const root = session.isFile ? dirname(session.target) : session.target;
  const found = { root, ...(await survey({ target: root, config: session.config, signal: terminal.signal })) };
  terminal.progress("");
  terminal.signal.throwIfAborted();
  const agent = theAgent(found, flags.text("id"));
  const plan = await carryOut(found, agent, flags);
  await show(plan, flags, terminal);
  const unwritten = flags.on("apply") ? 0 : plan.changes.length;
  return unwritten + plan.refused.length > 0 ? 1 : 0;
}

function theAgent({ root, agents }: Survey, id: string | undefined): Agent {
  if (id !== undefined) return agents.find((it) => it.id === id) ?? noSuchAgent(id, agents);
  const [only, ...others] = agents;
  if (!only)
    throw new UsageError(`there is no agent in ${shownPath(root)}: nothing there calls a model; name another folder with --target`);
  if (others.length === 0) return only;
  const lines = agents.map((it) => `  --id ${it.id}  ${it.language}, ${it.root}`);
  throw new UsageError(`there are ${agents.length} agents in ${shownPath(root)}; name one\n${lines.join("\n")}`);
}

async function carryOut(found: Survey, agent: Agent, flags: Flags): Promise<ScaffoldPlan> {
  const language = scaffoldLanguages.find((it) => it === flags.text("language")) ?? languageIn(agent);
  const wanted = flags.list("with");
  const chosen = wanted.length === 0 ? parts : parts.filter((it) => wanted.includes(it.id));
  try {
    const plan = await planScaffold(found, { agent, language, parts: chosen, shown });
    if (flags.on("apply"))
      await applyChanges(
        plan.top,
        plan.changes.map((it) => it.change),
      );
    return plan;
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    throw new UsageError(error.message);
  }
}

async function show(plan: ScaffoldPlan, flags: Flags, terminal: Terminal) {
  const applied = flags.on("apply");
  if (flags.text("format") === "json") await terminal.out(`${JSON.stringify(asJson(plan, applied), null, 2)}\n`);
  else
    for (const it of plan.changes.filter(isShown))
      await terminal.out(applied ? `${shown(it.change.path)}  ${done[it.how]}\n` : colored(diffOf(it), terminal.colors));
  for (const it of plan.refused) await refuse(it, flags, terminal);
  if (flags.on("quiet")) return;
  const changed = plan.changes.filter(isShown).length;
  const files = changed > 0 ? plural(changed, "file") : "records of what was generated";
  if (plan.changes.length === 0) terminal.note(plan.refused.length > 0 ? "nothing was written" : `${plan.id} has it all: nothing to do`);
  else terminal.note(applied ? `${files} written for ${plan.id}` : `${files} would be written for ${plan.id}; --apply writes them`);
  if (applied) for (const it of plan.next) terminal.note(it);
}

const done = {
  create: "created",
  update: "brought up to date",
  merge: "merged with your changes",
  manifest: "changed",
  record: "recorded",
};

/** What is recorded for the next time is a copy of what is shown. */
const isShown = ({ how }: PlannedChange) => how !== "record";

const shown = (path: string) => shownPath(path).split(sep).join("/");

const diffOf = ({ change: { path, before, after } }: Pick<PlannedChange, "change">) =>
  unifiedDiff(shown(path), before ?? "", lineEdits(before ?? "", after), { isNew: before === null });

async function refuse({ path, reason, before, proposal }: Refusal, flags: Flags, terminal: Terminal) {
  for (const line of `${shownPath(path)} was left alone, and what belongs to it: ${reason}`.split("\n")) terminal.note(printable(line));
  if (flags.text("format") === "json" || flags.on("quiet")) return;
  terminal.note("what would be generated, beside what is there:");
  for (const line of diffOf({ change: { path, before, after: proposal } })
    .trimEnd()
    .split("\n"))
    terminal.note(line);
}

function asJson({ top, id, changes, refused, next }: ScaffoldPlan, applied: boolean) {
  const file = (path: string) => relative(top, path).split(sep).join("/");
  return {
    version: 1,
    target: top,
    agent: id,
    applied,
    files: changes.map((it) => ({ file: file(it.change.path), how: it.how, ...(isShown(it) && !applied ? { diff: diffOf(it) } : {}) })),
    refused: refused.map((it) => ({
      file: file(it.path),
      reason: it.reason,
      diff: diffOf({ change: { path: it.path, before: it.before, after: it.proposal } }),
    })),
    next,
  };
}
