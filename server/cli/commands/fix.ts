/** `cockpit fix`: the audit says which files have fixes; each is read again, repaired, and shown or written. */
import { basename, dirname, join, relative, sep } from "node:path";
import { repositoryRoot } from "../../host/config.ts";
import { loadEngine } from "../../host/engine.ts";
import { asEdit, type FixPlan, isRefusal, type Planned, planEdits, planFix, type Refusal, readSource, writeFix } from "../../host/fix.ts";
import type { AuditReport, ReportedFinding } from "../../protocol/report.ts";
import { unifiedDiff } from "../diff.ts";
import { type Flags, UsageError } from "../flags.ts";
import { count, findingsOf, onlyAgent } from "../report.ts";
import { openSession, type Session, shownPath } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { runAudit } from "./audit.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  const at = flags.text("at");
  const plans = at === undefined ? safeFixes(session, flags, terminal) : [await fixAt(session, at, flags, terminal)];
  return carryOut(plans, { session, flags, terminal });
}

const folderOf = ({ isFile, target }: Session) => (isFile ? dirname(target) : target);

async function* safeFixes(session: Session, flags: Flags, terminal: Terminal): AsyncGenerator<Planned> {
  const audited = await runAudit(session, flags, terminal);
  const report = onlyAgent(audited.report, flags.text("id"));
  const { notRun } = report.summary;
  if (notRun > 0) terminal.note(`${count(notRun, "check")} could not run; cockpit audit says why`);
  const files = [...Map.groupBy(safeFindings(report), (it) => it.file)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (files.length === 0) return;
  const engine = await loadEngine();
  const { config, only } = session;
  const options = { config, ...(only ? { only } : {}) };
  for (const [done, [file, findings]] of files.entries()) {
    if (terminal.signal.aborted) return;
    terminal.progress(`fixing ${(done + 1).toLocaleString("en-US")} of ${count(files.length, "file")}`);
    const workspace = audited.workspace.get(file);
    const known = { hash: audited.hashOf(file), findings };
    yield await planFix(engine, folderOf(session), file, { ...options, ...(workspace ? { workspace } : {}) }, known);
  }
}

const safeFindings = (report: AuditReport) => findingsOf(report).filter((it) => it.fix?.safety === "safe");

interface Job {
  session: Session;
  flags: Flags;
  terminal: Terminal;
}

/** What came of the fixes of a run. */
interface Outcome {
  files: { file: string; fixed: Record<string, number>; diff?: string }[];
  refused: Refusal[];
}

async function carryOut(plans: AsyncIterable<Planned> | Iterable<Planned>, job: Job): Promise<number> {
  const { flags, terminal } = job;
  const outcome: Outcome = { files: [], refused: [] };
  for await (const plan of plans) await carryOutOne(plan, outcome, job);
  terminal.progress("");
  terminal.signal.throwIfAborted();
  await finish(outcome, job);
  const unwritten = flags.on("apply") ? 0 : outcome.files.length;
  return unwritten + outcome.refused.length > 0 ? 1 : 0;
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
async function fixAt(session: Session, at: string, flags: Flags, terminal: Terminal): Promise<Planned> {
  if (!session.isFile) throw new UsageError("--at needs a file: name it with --target");
  const [, line, column] = /^(\d+)(?::(\d+))?$/.exec(at) ?? [];
  if (line === undefined) throw new UsageError(`--at ${at} is no place; write --at 12 or --at 12:7`);
  const folder = folderOf(session);
  const source = await readSource(folder, basename(session.target));
  if (isRefusal(source)) return source;
  const findings = await findingsOfFile(session, flags, terminal);
  const here = findings.filter((it) => it.start.line === Number(line) && (column === undefined || it.start.column === Number(column)));
  const { finding, fix } = theOnlyFixable(here, at, session);
  return planEdits(source, finding, fix.edits.map(asEdit));
}

/** Audits the whole workspace of the file, so that a new id is unique in all of it. */
async function findingsOfFile(session: Session, flags: Flags, terminal: Terminal): Promise<ReportedFinding[]> {
  const target = (await repositoryRoot(dirname(session.target))) ?? dirname(session.target);
  const { report } = await runAudit({ ...session, target, isFile: false }, flags, terminal);
  const file = relative(target, session.target).split(sep).join("/");
  return findingsOf(report).filter((it) => it.file === file);
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

function colored(diff: string, colors: Terminal["colors"]): string {
  if (!colors.isColorSupported) return diff;
  return diff.replace(/^.*$/gm, (line) => {
    if (/^(---|\+\+\+) /.test(line)) return colors.bold(line);
    if (line.startsWith("+")) return colors.green(line);
    if (line.startsWith("-")) return colors.red(line);
    return line.startsWith("@@") ? colors.cyan(line) : line;
  });
}

async function finish({ files, refused }: Outcome, { session, flags, terminal }: Job) {
  const applied = flags.on("apply");
  if (flags.text("format") === "json")
    await terminal.out(`${JSON.stringify({ version: 1, target: session.target, applied, files, refused }, null, 2)}\n`);
  for (const { file, reason } of refused) terminal.note(`${shownPath(join(folderOf(session), file))} was left alone: ${reason}`);
  if (flags.on("quiet")) return;
  const fixes = files.flatMap((it) => Object.values(it.fixed)).reduce((sum, n) => sum + n, 0);
  if (fixes === 0) terminal.note("nothing to fix");
  else if (applied) terminal.note(`${count(fixes, "finding")} fixed in ${count(files.length, "file")}`);
  else terminal.note(`${count(fixes, "finding")} in ${count(files.length, "file")} would be fixed; --apply writes them`);
}
