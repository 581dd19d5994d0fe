/** `cockpit rules`: the list, or one rule's page. */
import type { Severity } from "../../engine/finding.ts";
import type { Rule } from "../../engine/rule.ts";
import { rules } from "../../engine/rules/index.ts";
import { pages } from "../../engine/rules/pages.ts";
import { unknownRule } from "../../protocol/nearest.ts";
import { type Flags, UsageError } from "../flags.ts";
import { openSession } from "../session.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const { config } = await openSession(flags);
  const id = flags.text("rule");
  const json = flags.text("format") === "json";
  const listed = rules.map((rule) => describe(rule, config.rules[rule.meta.id]));
  if (id !== undefined) await terminal.out(json ? toJson(theOne(listed, id)) : pageOf(id));
  else await terminal.out(json ? toJson({ version: 1, rules: listed }) : table(listed, terminal));
  return 0;
}

interface Listed {
  id: string;
  title: string;
  /** In this workspace. */
  severity: Severity | "off";
  languages: readonly string[];
  fix: string;
  page: string;
}

function describe({ meta }: Rule, configured: Severity | "off" | undefined): Listed {
  const { id, title, severity, languages, fix } = meta;
  return { id, title, severity: configured ?? severity, languages, fix, page: pages[id] ?? "" };
}

function theOne(listed: readonly Listed[], id: string) {
  const rule = listed.find((it) => it.id === id);
  if (!rule) throw unknown(id);
  return { version: 1, ...rule };
}

function pageOf(id: string): string {
  const page = Object.hasOwn(pages, id) ? pages[id] : undefined;
  if (page === undefined) throw unknown(id);
  return page;
}

const unknown = (id: string) =>
  new UsageError(
    unknownRule(
      id,
      rules.map(({ meta }) => meta.id),
    ),
  );

function table(listed: readonly Listed[], { colors }: Terminal): string {
  const width = (pick: (it: Listed) => string) => Math.max(0, ...listed.map((it) => pick(it).length));
  const ids = width((it) => it.id);
  const languages = width((it) => it.languages.join(", "));
  const fixes = width((it) => fixText(it));
  return listed
    .map((it) => {
      const facts = colors.dim(`${it.languages.join(", ").padEnd(languages)}  ${fixText(it).padEnd(fixes)}`);
      return `${colors.bold(it.id.padEnd(ids))}  ${it.severity.padEnd("warning".length)}  ${facts}  ${it.title}\n`;
    })
    .join("");
}

const fixText = ({ fix }: Listed) => (fix === "none" ? "no fix" : fix === "safe" ? "safe fix" : "suggestion");

const toJson = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
