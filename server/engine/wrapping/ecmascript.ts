/** Imports in TypeScript and JavaScript, written as the file writes its own. */
import type { Call, TopStatement } from "../facts.ts";
import type { Edit } from "../finding.ts";
import { oncePerFile } from "../once-per-file.ts";
import type { RuleContext } from "../rule.ts";
import { lineEnd, lineEnding } from "./lines.ts";

/** Adds an import of `clause` (`a`, `a as b`) after the file's imports, or after its directives. */
export function addEcmascriptImport(context: RuleContext, specifier: string, clause: string): Edit {
  const {
    facts,
    file: { text },
  } = context;
  const ending = lineEnding(text);
  const anchor = lastImport(facts.statements);
  const model = anchor ? text.slice(anchor.start, anchor.end) : innerRequire(context);
  const line = importLine(model, specifier, clause);
  const above = anchor ?? lastDirective(facts.statements);
  if (!above) {
    const at = text.startsWith("\uFEFF") ? 1 : 0;
    return { start: at, end: at, text: `${line}${ending}${ending}`, shared: true };
  }
  const rest = text.slice(above.end, lineEnd(text, above.end));
  const at = /^\s*(?:\/\/.*|\/\*.*\*\/\s*)?$/.test(rest) ? lineEnd(text, above.end) : above.end;
  const gap = anchor ? "" : ending;
  return { start: at, end: at, text: `${ending}${gap}${line}${at === above.end && rest !== "" ? ending : ""}`, shared: true };
}

/** Whether a client works in a browser or at the edge, where a runtime has neither files nor processes. */
export function isOutsideOfNode(context: RuleContext, call: Call): boolean {
  if (/\bdangerouslyAllowBrowser\b/.test(context.file.text.slice(call.start, call.end))) return true;
  return isOfEdge(context) || (call.callee.endsWith("GoogleGenAI") && isOfBrowser(context));
}

const isOfEdge = oncePerFile(({ file: { text } }) => /^export\s+const\s+runtime\s*=\s*["'](?:experimental-)?edge["']/m.test(text));

const isOfBrowser = oncePerFile(({ file: { text } }) => /^[^\S\r\n]*(["'])use client\1/m.test(text));

/** How a module that imports nothing at its top does it, where it is no ECMAScript module. */
const innerRequire = oncePerFile(({ file: { text } }): string | undefined => {
  if (/^\s*(?:import|export)\b/m.test(text)) return undefined;
  const exports = /^(?:module\.)?exports\b/m.test(text);
  return (/\brequire\s*\(.*\S/.exec(text) ?? (exports ? /=.*\bimport\s*\(.*\S/.exec(text) : undefined))?.[0];
});

/** The last of the imports that the file begins with, else the last of all: they are hoisted. */
function lastImport(statements: readonly TopStatement[]): TopStatement | undefined {
  const other = statements.findIndex((it) => it.kind === "other");
  const leading = statements.slice(0, other < 0 ? undefined : other).findLast((it) => it.kind === "import");
  return leading ?? statements.findLast((it) => it.kind === "import");
}

function lastDirective(statements: readonly TopStatement[]): TopStatement | undefined {
  const first = statements.findIndex((it) => it.kind !== "directive");
  return statements[(first < 0 ? statements.length : first) - 1];
}

function importLine(model: string | undefined, specifier: string, clause: string): string {
  const quote = model?.includes("'") && !model.includes('"') ? "'" : '"';
  const semicolon = model === undefined || model.endsWith(";") ? ";" : "";
  const source = `${quote}${specifier}${quote}`;
  if (model !== undefined && !model.startsWith("import"))
    return `const { ${clause.replace(" as ", ": ")} } = require(${source})${semicolon}`;
  return `import { ${clause} } from ${source}${semicolon}`;
}
