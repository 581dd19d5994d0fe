/** `cockpit fix`: the audit says which files have fixes; each is read again, repaired, and shown or written. */
import { basename, dirname, join, relative, sep } from "node:path";
import { runtimesOf } from "../../engine/finding.ts";
import { plural } from "../../fleet/model/plural.ts";
import { repositoryRoot } from "../../host/config.ts";
import { loadEngine } from "../../host/engine.ts";
import {
  asFinding,
  type FixPlan,
  isRefusal,
  type Planned,
  planEdits,
  planFix,
  type Refusal,
  readSource,
  refusalToWrite,
  writeFix,
} from "../../host/fix.ts";
import { messageOf } from "../../protocol/message-of.ts";
import type { AuditReport, ReportedFinding } from "../../protocol/report.ts";
import type { FileChange } from "../../scaffold/file-change.ts";
import { isRecord } from "../../scaffold/generated.ts";
import { type Home, homesOf } from "../../scaffold/homes.ts";
import type { Dependency } from "../../scaffold/manifests/manifest.ts";
import { installCommand, installUnlisted } from "../../scaffold/next-steps.ts";
import { colored, unifiedDiff } from "../diff.ts";
import { type Flags, UsageError } from "../flags.ts";
import { findingsOf, onlyAgent } from "../report.ts";
import { openSession, type Session, shownPath } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { runAudit } from "./audit.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  const at = flags.text("at");
  const plans = at === undefined ? safeFixes(session, flags, terminal) : [await fixAt(session, at, flags, terminal)];
  return carryOut(plans, { session, flags, terminal, unlisted: new Set(), runtimes: new Map() });
}

const folderOf = ({ isFile, target }: Session) => (isFile ? dirname(target) : target);

/** With the agents among whose files it is. */
type FileFix = { plan: Planned; agents: readonly Home[] };

async function* safeFixes(session: Session, flags: Flags, terminal: Terminal): AsyncGenerator<FileFix> {
  const audited = await runAudit(session, flags, terminal);
  const report = onlyAgent(audited.report, flags.text("id"));
  const { notRun } = report.summary;
  if (notRun > 0) terminal.note(`${plural(notRun, "check")} could not run; cockpit audit says why`);
  const files = [...Map.groupBy(safeFindings(report), (it) => it.file)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (files.length === 0) return;
  const engine = await loadEngine();
  const { config, only } = session;
  const options = { config, ...(only ? { only } : {}) };
  for (const [done, [file, findings]] of files.entries()) {
    if (terminal.signal.aborted) return;
    terminal.progress(`fixing ${(done + 1).toLocaleString("en-US")} of ${plural(files.length, "file")}`);
    const workspace = audited.workspace.get(file);
    const known = { hash: audited.hashOf(file), findings };
    const plan = await planFix(engine, folderOf(session), file, { ...options, ...(workspace ? { workspace } : {}) }, known);
    // A file by itself does not tell which agent it is part of.
    yield { plan, agents: session.isFile ? [] : homesOf(session.target, report.agents) };
  }
}

const safeFindings = (report: AuditReport) => findingsOf(report).filter((it) => it.fix?.safety === "safe");

interface Job {
  session: Session;
  flags: Flags;
  terminal: Terminal;
  unlisted: Set<Dependency>;
  /** By runtime: why it could not be brought, `undefined` when it is there. */
  runtimes: Map<string, string | undefined>;
}

/** What came of the fixes of a run. */
interface Outcome {
  /** `fixed` counts findings by rule; none in files that fixes of others need, `created` in those that were not there. */
  files: { file: string; fixed: Record<string, number>; created?: true; diff?: string }[];
  refused: Refusal[];
}

async function carryOut(plans: AsyncIterable<FileFix> | Iterable<FileFix>, job: Job): Promise<number> {
  const { flags, terminal } = job;
  const outcome: Outcome = { files: [], refused: [] };
  for await (const { plan, agents } of plans) {
    await carryOutOne((await refusalBefore(plan, agents, outcome, job)) ?? plan, outcome, job);
  }
  terminal.progress("");
  terminal.signal.throwIfAborted();
  await finish(outcome, job);
  const unwritten = flags.on("apply") ? 0 : outcome.files.length;
  return unwritten + outcome.refused.length > 0 ? 1 : 0;
}

/** What its fixes need is there, unless this says why not; nothing is written for a file that cannot be. */
async function refusalBefore(plan: Planned, agents: readonly Home[], outcome: Outcome, job: Job): Promise<Refusal | undefined> {
  const runtimes = isRefusal(plan) ? [] : runtimesOf(plan.fixed);
  if (isRefusal(plan) || runtimes.length === 0) return undefined;
  const refusal = job.flags.on("apply") ? await refusalToWrite(plan) : undefined;
  if (refusal) return refusal;
  const reason = await bringRuntimes(runtimes, agents, outcome, job);
  return reason === undefined ? undefined : { file: plan.file, reason };
}

/** Shows or writes what the fixes of a file import, once; says why it cannot be there. */
async function bringRuntimes(wanted: readonly string[], agents: readonly Home[], outcome: Outcome, job: Job): Promise<string | undefined> {
  for (const runtime of wanted) {
    if (!job.runtimes.has(runtime)) job.runtimes.set(runtime, await bringRuntime(runtime, agents, outcome, job));
    const reason = job.runtimes.get(runtime);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function bringRuntime(runtime: string, agents: readonly Home[], outcome: Outcome, job: Job): Promise<string | undefined> {
  const folder = folderOf(job.session);
  const [{ planRuntimes }, { applyChanges }] = await Promise.all([
    import("../../scaffold/runtimes.ts"),
    import("../../scaffold/file-change.ts"),
  ]);
  try {
    const top = (await repositoryRoot(folder)) ?? folder;
    const { changes, unlisted } = await planRuntimes(top, [join(folder, runtime)], agents);
    for (const it of unlisted) job.unlisted.add(it);
    if (job.flags.on("apply")) await applyChanges(top, changes);
    for (const change of changes) if (!isRecord(change.path)) await showChange(change, outcome, job);
    return undefined;
  } catch (error) {
    return `it needs ${shownPath(join(folder, runtime))}, which cannot be brought: ${messageOf(error)}`;
  }
}

async function showChange({ path, before, after }: FileChange, outcome: Outcome, { session, flags, terminal }: Job) {
  const shown = shownPath(path).split(sep).join("/");
  const edits = [{ start: 0, end: before?.length ?? 0, text: after }];
  const diff = flags.on("apply") ? undefined : unifiedDiff(shown, before ?? "", edits, { isNew: before === null });
  const file = relative(folderOf(session), path).split(sep).join("/");
  // Two runtimes of one agent need the same of its manifest.
  if (outcome.files.some((it) => it.file === file)) return;
  const json = flags.text("format") === "json";
  outcome.files.push({ file, fixed: {}, ...(before === null ? { created: true } : {}), ...(json && diff !== undefined ? { diff } : {}) });
  if (json) return;
  await terminal.out(diff === undefined ? `${shown}  ${before === null ? "created" : "changed"}\n` : colored(diff, terminal.colors));
}

async function carryOutOne(plan: Planned, outcome: Outcome, { session, flags, terminal }: Job) {
  const apply = flags.on("apply");
  const refusal = isRefusal(plan) ? plan : apply && plan.after !== plan.before ? await writeFix(plan) : undefined;
  if (refusal) outcome.refused.push(refusal);
  if (refusal || isRefusal(plan) || plan.after === plan.before) return;
  const shown = shownPath(join(folderOf(session), plan.file));
  const json = flags.text("format") === "json";
  const diff = apply ? undefined : unifiedDiff(shown.split(sep).join("/"), plan.before, plan.edits);
  outcome.files.push({ file: plan.file, fixed: countRules(plan), ...(json && diff !== undefined ? { diff } : {}) });
  if (json) return;
  if (diff !== undefined) await terminal.out(colored(diff, terminal.colors));
  else await terminal.out(`${shown}  ${describe(countRules(plan))}\n`);
}

/** One place of one file, named by a person: the only way to a suggestion. */
async function fixAt(session: Session, at: string, flags: Flags, terminal: Terminal): Promise<FileFix> {
  if (!session.isFile) throw new UsageError("--at needs a file: name it with --target");
  const [, line, column] = /^(\d+)(?::(\d+))?$/.exec(at) ?? [];
  if (line === undefined) throw new UsageError(`--at ${at} is no place; write --at 12 or --at 12:7`);
  const folder = folderOf(session);
  const source = await readSource(folder, basename(session.target));
  if (isRefusal(source)) return { plan: source, agents: [] };
  const { findings, agents } = await auditAround(session, flags, terminal);
  const here = findings.filter((it) => it.start.line === Number(line) && (column === undefined || it.start.column === Number(column)));
  const { finding } = theOnlyFixable(here, at, session);
  return { plan: planEdits(source, asFinding(finding)), agents };
}

/** Audits the whole workspace of the file, so that a new id is unique in all of it. Paths are relative to the file's folder. */
async function auditAround(session: Session, flags: Flags, terminal: Terminal) {
  const target = (await repositoryRoot(dirname(session.target))) ?? dirname(session.target);
  const { report } = await runAudit({ ...session, target, isFile: false }, flags, terminal);
  const file = relative(target, session.target).split(sep).join("/");
  const here = (path: string) => relative(dirname(session.target), join(target, path)).split(sep).join("/");
  const findings = findingsOf(report).filter((it) => it.file === file);
  return {
    findings: findings.map((it): ReportedFinding => (it.fix?.runtime ? { ...it, fix: { ...it.fix, runtime: here(it.fix.runtime) } } : it)),
    agents: homesOf(target, report.agents),
  };
}

function theOnlyFixable(findings: readonly ReportedFinding[], at: string, { target }: Session) {
  const fixable = findings.flatMap((finding) => (finding.fix ? [{ finding, fix: finding.fix }] : []));
  const [only, ...others] = fixable;
  const place = `${shownPath(target)}:${at}`;
  if (!only) throw new UsageError(findings.length > 0 ? `the finding at ${place} has no fix` : `there is no finding at ${place}`);
  if (others.length === 0) return only;
  const places = fixable.map(({ finding, fix }) => `  --at ${finding.start.line}:${finding.start.column}  ${finding.rule}: ${fix.title}`);
  throw new UsageError(`there are ${fixable.length} fixes at ${place}; name one\n${places.join("\n")}`);
}

function countRules({ fixed }: FixPlan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule } of fixed) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

const describe = (rules: Record<string, number>) =>
  Object.entries(rules)
    .map(([rule, n]) => (n === 1 ? rule : `${rule} × ${n.toLocaleString("en-US")}`))
    .join(", ");

async function finish({ files, refused }: Outcome, { session, flags, terminal, unlisted }: Job) {
  const applied = flags.on("apply");
  if (flags.text("format") === "json")
    await terminal.out(`${JSON.stringify({ version: 1, target: session.target, applied, files, refused }, null, 2)}\n`);
  for (const { file, reason } of refused) terminal.note(`${shownPath(join(folderOf(session), file))} was left alone: ${reason}`);
  if (flags.on("quiet")) return;
  const fixes = files.flatMap((it) => Object.values(it.fixed)).reduce((sum, n) => sum + n, 0);
  const needed = files.filter((it) => Object.keys(it.fixed).length === 0);
  const where = `in ${plural(files.length - needed.length, "file")}${needed.length > 0 ? `, with ${plural(needed.length, "file")} that they need` : ""}`;
  if (fixes === 0) terminal.note(refused.length > 0 ? "nothing was fixed" : "nothing to fix");
  else if (applied) terminal.note(`${plural(fixes, "finding")} fixed ${where}`);
  else terminal.note(`${plural(fixes, "finding")} ${where}${needed.length > 0 ? "," : ""} would be fixed; --apply writes them`);
  if (applied && unlisted.size > 0) terminal.note(installUnlisted([...unlisted]));
  if (applied) for (const it of installs(needed.map(({ file }) => join(folderOf(session), file)))) terminal.note(it);
}

/** What is left to do where a manifest names more than before. */
const installs = (paths: readonly string[]) =>
  paths.flatMap((path) => {
    const command = installCommand(path);
    return command === undefined ? [] : [`install what ${shownPath(path)} names now: ${command}`];
  });
