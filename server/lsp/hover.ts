/** Hover on a finding: what is wrong, why that matters, and what can be done about it. */
import { type Hover, MarkupKind } from "vscode-languageserver/node";
import type { Finding, Fix } from "../engine/finding.ts";
import { findingsOf } from "./file-diagnostics.ts";
import { explanation, rulePage } from "./rule-pages.ts";
import { documentOf, type Session } from "./session.ts";

export function registerHover(session: Session): void {
  session.connection.onHover(async ({ textDocument, position }): Promise<Hover | null> => {
    const document = documentOf(session, textDocument.uri);
    await document?.ready;
    if (!document) return null;
    const offset = document.lines.offsetAt(position);
    const here = findingsOf(session, document).filter((it) => it.start <= offset && offset <= it.end);
    const [first] = here;
    if (!first) return null;
    const kind = session.support.markdown ? MarkupKind.Markdown : MarkupKind.PlainText;
    const titles = new Map(session.engine.rules.map(({ meta }) => [meta.id, meta.title]));
    const told = here.map((it) => (session.support.markdown ? markdown(it, titles.get(it.rule)) : plain(it, titles.get(it.rule))));
    return {
      contents: { kind, value: told.join(session.support.markdown ? "\n\n---\n\n" : "\n\n") },
      range: document.lines.rangeOf(first),
    };
  });
}

function markdown({ rule, message, fix }: Finding, title = rule): string {
  const page = rulePage(rule);
  return [`**${title}** (${rule})`, message, explanation(rule), fixLine(fix), page ? `[${rule} in full](${page})` : ""]
    .filter(Boolean)
    .join("\n\n");
}

const plain = ({ rule, message, fix }: Finding, title = rule): string =>
  [`${title} (${rule})`, message, explanation(rule), fixLine(fix), rulePage(rule) ?? ""].filter(Boolean).join("\n\n");

function fixLine(fix: Fix | undefined): string {
  if (!fix) return "There is no automatic fix.";
  return fix.safety === "safe" ? `Safe fix: ${fix.title}.` : `Suggested fix, to be looked over: ${fix.title}.`;
}
