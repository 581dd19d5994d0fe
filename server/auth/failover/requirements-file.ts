/** Requirements files, by pip's rules: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */

export interface RequirementLine {
  /** The requirement itself, without options and comments. */
  text: string;
  editable: boolean;
  hashed: boolean;
  /** Where it came from, as `uv pip compile --emit-index-annotation` writes it below. */
  from?: string;
}

export interface RequirementsFile {
  lines: RequirementLine[];
  /** `-r` and `-c`, as written. */
  requirements: string[];
  constraints: string[];
  indexUrl?: string;
  /** Another index or a page of links is named besides. */
  moreIndexes: string[];
}

export function readRequirementsFile(text: string): RequirementsFile {
  const file: RequirementsFile = { lines: [], requirements: [], constraints: [], moreIndexes: [] };
  for (const line of logicalLines(text)) readLine(line, file);
  return file;
}

/** Joins continued lines; an annotation below a requirement stays a line of its own. */
function logicalLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((it) => it.trim())
    .filter((it) => it !== "");
}

function readLine(line: string, file: RequirementsFile) {
  const from = /^#\s*from\s+(\S+)$/.exec(line)?.[1];
  const last = file.lines.at(-1);
  if (from !== undefined && last) last.from = from;
  const text = line.replace(/(?:^|\s+)#.*$/, "");
  if (text === "") return;
  const option = /^(--?[A-Za-z][\w-]*?)(?:\s*=\s*|\s+|(?<=^-[a-zA-Z]))(.*)$/.exec(text);
  if (option?.[1] !== undefined) readOption(option[1], unquoted(option[2] ?? ""), file);
  else if (!text.startsWith("-")) file.lines.push(requirementOf(text, false));
}

function readOption(option: string, value: string, file: RequirementsFile) {
  if (option === "-r" || option === "--requirement") file.requirements.push(value);
  else if (option === "-c" || option === "--constraint") file.constraints.push(value);
  else if (option === "-i" || option === "--index-url" || option === "--pypi-url") file.indexUrl = value;
  else if (option === "--extra-index-url" || option === "-f" || option === "--find-links") file.moreIndexes.push(value);
  else if (option === "-e" || option === "--editable") file.lines.push(requirementOf(value, true));
}

/** Options of a requirement follow it after a blank: `--hash=sha256:…`. */
function requirementOf(text: string, editable: boolean): RequirementLine {
  const [requirement = ""] = text.split(/\s+--(?=[a-z])/);
  return { text: requirement.trim(), editable, hashed: /\s--hash[=\s]\s*\w+:/.test(text) };
}

const unquoted = (text: string) => text.trim().replace(/^(["'])(.*)\1$/, "$2");
