/** `cockpit audit`. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { severities } from "../../engine/finding.ts";
import { plural } from "../../fleet/model/plural.ts";
import { auditWorkspace, type WorkspaceAudit } from "../../host/audit.ts";
import type { AuditProgress } from "../../host/audit-progress.ts";
import { repositoryRoot } from "../../host/config.ts";
import type { AuditReport } from "../../protocol/report.ts";
import type { Flags } from "../flags.ts";
import { auditLines } from "../live/audit-table.ts";
import { onlyAgent, passes, seconds } from "../report.ts";
import { openSession, type Session, shownPath } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  const audited = await runAudit(session, flags, terminal);
  const report = onlyAgent(audited.report, flags.text("id"));
  await terminal.out(await formatted(report, session, flags, terminal));
  if (flags.on("verbose")) terminal.note(whatWasRead(session, report));
  if (flags.on("record")) await (await import("../record-audit.ts")).recordAudit(report, session);
  const wanted = flags.text("failOn");
  return passes(report, severities.find((it) => it === wanted) ?? session.config.failOn) ? 0 : 1;
}

/** The audit of a session, with progress: a table in a terminal. */
export async function runAudit(
  session: Session,
  flags: Flags,
  terminal: Terminal,
  { cache = flags.on("cache") } = {},
): Promise<WorkspaceAudit> {
  const { target, config, only } = session;
  let progress: AuditProgress | undefined;
  const area = await terminal.live((size) => (progress ? auditLines(progress, size, terminal.noteColors) : []));
  const drawing = area && setInterval(area.update, drawnEveryMs);
  try {
    const audited = await auditWorkspace({
      target,
      config,
      ...(only ? { only } : {}),
      cache,
      ...(area ? { onStart: (it) => (progress = it) } : {}),
      onWarning: (message) => terminal.note(`cockpit: ${printable(message)}`),
      signal: terminal.signal,
    });
    terminal.signal.throwIfAborted();
    return audited;
  } finally {
    clearInterval(drawing);
    area?.close();
  }
}

/** Short audits draw nothing. */
const drawnEveryMs = 300;

async function formatted(report: AuditReport, session: Session, flags: Flags, terminal: Terminal): Promise<string> {
  const folder = session.isFile ? dirname(session.target) : session.target;
  const lineOf = lineReader(folder);
  const here = (file: string) => shownPath(join(folder, file));
  const format = flags.text("format");
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  if (format === "compact") return (await import("../format/compact.ts")).compactReport(report, here);
  if (format === "github" || format === "sarif") {
    const root = (await repositoryRoot(folder)) ?? folder;
    const shown = (file: string) => relative(root, join(folder, file)).split(sep).join("/");
    if (format === "github") return (await import("../format/github.ts")).githubReport(report, shown);
    return sarif(report, { root, shown, lineOf });
  }
  const verbose = flags.on("verbose");
  const [{ auditDocument }, { documentText }] = await Promise.all([
    import("../format/audit-document.ts"),
    import("../format/document-text.ts"),
  ]);
  const document = await auditDocument(report, { verbose, shown: here, lineOf, single: session.isFile });
  return documentText(document, format, { verbose, quiet: flags.on("quiet"), single: session.isFile, terminal });
}

type Places = Pick<Parameters<typeof import("../format/sarif.ts").sarifReport>[1], "root" | "shown" | "lineOf">;

async function sarif(report: AuditReport, places: Places): Promise<string> {
  const [{ sarifReport }, { rules }, { pages }, { default: manifest }] = await Promise.all([
    import("../format/sarif.ts"),
    import("../../engine/rules/index.ts"),
    import("../../engine/rules/pages.ts"),
    import("../../../package.json", { with: { type: "json" } }),
  ]);
  return sarifReport(report, { version: manifest.version, rules, pages, ...places });
}

/** Reads lines of files; the last file is kept, as findings come file by file. */
function lineReader(folder: string) {
  let last: { file: string; lines: Promise<string[]> } | undefined;
  return async (file: string, line: number): Promise<string | undefined> => {
    if (last?.file !== file) last = { file, lines: readLines(join(folder, file)) };
    return (await last.lines)[line - 1];
  };
}

/** Without a file there is no excerpt: it may have gone since it was audited. */
const readLines = (path: string) =>
  readFile(path, "utf8").then(
    (text) => text.split(/\r\n|\r|\n/),
    () => [],
  );

function whatWasRead({ configFile, target }: Session, { summary }: AuditReport): string {
  const config = configFile ? `configured by ${shownPath(configFile)}` : "no cockpit.json: defaults";
  return `${shownPath(target)}: ${plural(summary.files, "file")} in ${seconds(summary.durationMs)}, ${config}`;
}
