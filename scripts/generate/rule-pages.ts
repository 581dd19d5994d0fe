/** A rule's page as documentation: its own text with the facts about it below the heading. */
import type { RuleMeta } from "../../server/engine/rule.ts";
import type { RuleFolder } from "../generate.ts";

export function rulePage({ meta, page }: RuleFolder): string {
  const [heading = "", ...rest] = /^# /.test(page) ? page.split("\n") : [`# ${meta.id}`, "", ...page.split("\n")];
  return `${heading}\n\n${facts(meta)}\n${rest.join("\n").replace(/^\n?/, "\n").trimEnd()}\n\n${footer(meta)}\n`;
}

export function rulesTable(rules: readonly RuleFolder[]): string {
  const rows = rules.map(
    ({ meta }) =>
      `| [\`${meta.id}\`](${meta.id}.md) | ${meta.title} | ${meta.severity} | ${meta.languages.join(", ")} | ${fixes[meta.fix]} |`,
  );
  return `# Rules

<!-- Generated from the rules by npm run generate. -->

| rule | what it finds | severity | languages | fix |
|---|---|---|---|---|
${rows.join("\n")}

Severities can be changed, and rules turned off, in [\`cockpit.json\` or the editor's settings](../configuration.md).
`;
}

const fixes: Record<RuleMeta["fix"], string> = { safe: "safe", suggestion: "suggestion", none: "–" };

function facts({ severity, languages, fix }: RuleMeta): string {
  const repair = { safe: "safe fix", suggestion: "suggested fix", none: "no fix" }[fix];
  return `<!-- Generated from the rule's own page by npm run generate. -->\n\n**${severity}** by default · ${languages.join(", ")} · ${repair}`;
}

const footer = ({ id }: RuleMeta) => `## Options

\`{ "rules": { "${id}": "off" } }\` in [\`cockpit.json\`](../configuration.md) turns it off; \`error\`, \`warning\` and \`info\` change its severity. One finding is silenced by
a comment on its line or the line above: \`cockpit-ignore ${id} -- why\`.`;
