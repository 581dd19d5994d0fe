/** Comments that silence one finding. Each is tried on the text before it is offered: it must silence that finding, be a comment, and break nothing. */
import type { AnalyzeOptions, Engine } from "../../engine/engine.ts";
import { applyEdits, type Edit, type Finding } from "../../engine/finding.ts";
import type { SourceFile, Span } from "../../engine/source.ts";

export interface Suppression {
  title: string;
  edit: Edit;
}

export interface SuppressOptions extends AnalyzeOptions {
  /** Everything that is found in the file as it is. */
  findings: readonly Finding[];
}

/** The ways there are, each at the first place where it can stand; none where no comment can. The file's grammar is loaded. */
export function suppressions(engine: Engine, file: SourceFile, finding: Finding, options: SuppressOptions): Suppression[] {
  const works = ({ edit }: Suppression) => {
    const after = probe(engine, { ...file, text: applyEdits(file.text, [edit]) }, options, edit);
    return after.isComment && silencesOnly(finding, options.findings, after.findings, edit);
  };
  return candidates(file, finding).flatMap((ways) => ways.find(works) ?? []);
}

function probe(engine: Engine, file: SourceFile, options: AnalyzeOptions, edit: Edit) {
  const document = engine.open(file);
  try {
    const comment = edit.start + edit.text.search(/#|\/\/|\/\*|,/);
    return {
      findings: document.analyze(options),
      isComment: document.facts.isComment(comment),
    };
  } finally {
    document.close();
  }
}

/** What is found afterwards was found before, in its place, and nothing but what stands on the finding's line is gone. */
function silencesOnly(finding: Finding, before: readonly Finding[], after: readonly Finding[], edit: Edit): boolean {
  const shift = edit.text.length - (edit.end - edit.start);
  const key = ({ rule, start }: Finding) => `${rule} ${start}`;
  const moved = (it: Finding) => (it.start >= edit.end ? { ...it, start: it.start + shift } : it);
  const known = new Set(before.map((it) => key(moved(it))));
  const left = new Set(after.map(key));
  const gone = before.filter((it) => !left.has(key(moved(it))));
  return gone.includes(finding) && gone.every((it) => it.rule === finding.rule) && after.every((it) => known.has(key(it)));
}

/** By kind of comment, the best place first. */
function candidates(file: SourceFile, { rule, start }: Finding): Suppression[][] {
  const line = lineAt(file.text, start);
  const own = file.language === "python" && /^[A-Z]+\d+$/.test(rule) ? [noqa(file.text, line, rule)] : [];
  return [own, [...merged(file.text, line, rule), ...added(file, line, rule)]];
}

interface Line extends Span {
  /** With what ends it. */
  next: number;
}

function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const next = newline < 0 ? text.length : newline + 1;
  const end = newline < 0 ? text.length : newline > start && text[newline - 1] === "\r" ? newline - 1 : newline;
  return { start, end, next };
}

const titleFor = (rule: string) => `Ignore ${rule} here with a comment`;

/** flake8's own comment; codes are added to one that is there. */
function noqa(text: string, line: Line, rule: string): Suppression {
  const [comment] = /#\s*noqa:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*/i.exec(text.slice(line.start, line.end)) ?? [];
  const at = comment === undefined ? line.end : text.indexOf(comment, line.start) + comment.length;
  const trailing = text.slice(line.start, at).trimEnd().length + line.start;
  const edit = comment === undefined ? { start: trailing, end: at, text: `  # noqa: ${rule}` } : { start: at, end: at, text: `, ${rule}` };
  return { title: `Ignore ${rule} on this line with # noqa`, edit };
}

/** Only one line above counts, so a comment that stands there already takes the rule in. */
function merged(text: string, line: Line, rule: string): Suppression[] {
  const above = line.start === 0 ? undefined : lineAt(text, line.start - 1);
  return [line, above].flatMap((it) => {
    const [found] = (it && /cockpit-ignore\s+[\w-]+(?:[\s,]+(?!-)[\w-]+)*/.exec(text.slice(it.start, it.end))) ?? [];
    if (!it || found === undefined) return [];
    const at = text.indexOf(found, it.start) + found.length;
    return [{ title: titleFor(rule), edit: { start: at, end: at, text: `, ${rule}` } }];
  });
}

/** On a line of its own above, as the language or JSX writes comments, else at the end of the line. */
function added({ text, language }: SourceFile, line: Line, rule: string): Suppression[] {
  const title = titleFor(rule);
  const first = line.start === 0 && text.startsWith("\uFEFF") ? 1 : line.start;
  const [indentation = ""] = /^[ \t\f]*/.exec(text.slice(first, line.end)) ?? [];
  const ending = text.slice(line.end, line.next) || (text.includes("\r\n") ? "\r\n" : "\n");
  const above = (open: string, close: string) => ({ title, edit: withReason(first, `${indentation}${open}`, rule, `${close}${ending}`) });
  if (language === "python") return [above("# ", ""), { title, edit: withReason(line.end, "  # ", rule, "") }];
  return [above("// ", ""), above("{/* ", " */}"), { title, edit: withReason(line.end, " // ", rule, "") }];
}

/** The reason is the person's to write. */
function withReason(at: number, before: string, rule: string, after: string): Edit {
  const start = `${before}cockpit-ignore ${rule} -- `;
  return { start: at, end: at, text: `${start}reason${after}`, placeholder: { start: start.length, end: start.length + "reason".length } };
}
