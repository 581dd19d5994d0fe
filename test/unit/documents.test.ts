/** Reports as Markdown, as HTML and for a terminal: what they say, and that no name or message breaks them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import markdownIt from "markdown-it";
import { createColors } from "picocolors";
import type { FleetDocument } from "../../server/cli/format/fleet-document.ts";
import { htmlReport } from "../../server/cli/format/html.ts";
import { markdownReport } from "../../server/cli/format/markdown.ts";
import { prettyReport, summaryLines } from "../../server/cli/format/pretty.ts";
import { oneLine, widthOf } from "../../server/cli/live/cells.ts";
import { exampleDocument, hostileDocument } from "./example-document.ts";

/** GitHub's dialect, with everything on that could turn text into more. */
const dialect = markdownIt("default", { html: true, linkify: true });
// Names of hosts alone are links for markdown-it, and for no place where such reports are put.
dialect.linkify.set({ fuzzyLink: false });

const kinds = (markdown: string) => {
  const tokens = dialect.parse(markdown, {});
  return new Set(tokens.flatMap((it) => [it.type, ...(it.children ?? []).map((child) => child.type)]));
};

test("a message of 10,000 characters is cut, and whole with --verbose", async () => {
  const lengths = async (verbose: boolean) =>
    (await hostileDocument(verbose)).agents.filter((it) => it.health === "critical").map((it) => it.detailed[0]?.message.length ?? 0);
  assert.deepEqual([Math.max(...(await lengths(false))), Math.max(...(await lengths(true)))], [1001, 10_800]);
});

test("Markdown says all there is, in the order of need", () => {
  assert.equal(
    markdownReport(exampleDocument, { verbose: false }),
    `# Audit

4 agents · 120 files · 1.2 s

**1 error** · 2 warnings · 1 check not run · cockpit fix repairs 1 · all is well

## Critical: 1

### \`billing\`

\`agents/billing\` · \`python\` · \`OpenAI\` · \`@money\`  
since 2026-11-25 14:05 UTC  
calls/min 12 · USD/h 1.20

- **alert** billing spends faster than it should: 12 USD/h, expected 1; sure to 97 %
- **paused** by ann at 2026-11-25T14:06:00.000Z: runaway loop
- **error** \`untracked-client\` at \`agents/billing/agent.py:3:10\`: No telemetry covers the calls of this \`OpenAI\`
  \`\`\`
  client = OpenAI()
  \`\`\`
  Fix: Wrap it
- **warning** \`E701\` at \`agents/billing/agent.py:3:10\`: Several statements on one line  
  Fix: Wrap it
- and 3 more: E701 × 3
- **not run** \`agents/billing/huge.py\`: it is larger than 4 MiB

## Warnings: 1

| agent | why | calls/min | USD/h | about it |
| --- | --- | --- | --- | --- |
| \`search\` | 2 warnings: E701 (2) | 12 | 1.20 | \`agents/calm\` · \`go\` |

## Green: 2

\`calm\`, \`quiet\`
`,
  );
});

test("no name or message makes Markdown say more than it should", async () => {
  for (const verbose of [false, true]) {
    const hostile = await hostileDocument(verbose);
    const all = kinds(markdownReport(hostile, { verbose }));
    for (const kind of [
      "html_inline",
      "html_block",
      "link_open",
      "image",
      "em_open",
      "s_open",
      "hr",
      "blockquote_open",
      "ordered_list_open",
      "code_block",
    ])
      assert(!all.has(kind), `${kind} (verbose: ${verbose})`);
    const headings = dialect.parse(markdownReport(hostile, { verbose }), {}).filter((it) => it.type === "heading_open");
    const critical = hostile.agents.filter((it) => verbose || it.health === "critical").length;
    assert.equal(headings.length, 4 + critical);
  }
});

test("code is shown as it is written, in a table and elsewhere", () => {
  const [billing, search] = exampleDocument.agents;
  assert(billing && search);
  const why = { text: "never `a | b`", since: undefined };
  const agents = [
    { ...billing, alerts: [why.text] },
    { ...search, reasons: [{ ...why, health: "warning" }] },
  ] as const;
  const tokens = dialect.parse(markdownReport({ ...exampleDocument, agents }, { verbose: false }), {});
  const codes = tokens.flatMap((it) => (it.children ?? []).filter((child) => child.type === "code_inline").map((child) => child.content));
  assert.equal(codes.filter((it) => it === "a | b").length, 2, codes.join("\n"));
});

test("a table keeps its columns whatever its cells hold", async () => {
  const hostile = await hostileDocument();
  const tokens = dialect.parse(markdownReport(hostile, { verbose: false }), {});
  const cells = tokens.flatMap((it, i) => (it.type === "td_open" ? [tokens[i + 1]?.children?.map((child) => child.content).join("")] : []));
  const warnings = hostile.agents.filter((it) => it.health === "warning");
  const names = warnings.map((_, i) => cells[i * 4]);
  assert.deepEqual(
    names,
    warnings.map((it) => oneLine(it.name)),
  );
});

const html = (document: FleetDocument, verbose = false) =>
  htmlReport(document, { verbose, version: "1.2.3", made: Date.UTC(2026, 10, 25) });

test("HTML holds the tags that are ours, and nothing that is fetched or run", async () => {
  for (const verbose of [false, true]) {
    const page = html(await hostileDocument(verbose), verbose).replace(/<style>[^<]*<\/style>/, "");
    const tags = new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name]) => name));
    for (const tag of tags)
      assert.match(
        String(tag),
        /^(?:html|head|meta|title|body|header|main|footer|section|article|h[123]|p|span|strong|code|pre|mark|bdi|ul|li|dl|div|dt|dd|table|thead|tbody|tr|th|td|details|summary|br)$/,
      );
    for (const [tag] of page.replace(/"[^"]*"/g, "").matchAll(/<[^>]*>/g)) assert.doesNotMatch(tag, /\s(?:src|href|on\w+|style)=/i);
    assert.doesNotMatch(page.replaceAll("\n", ""), /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u);
  }
});

test("HTML shows an agent of each health", () => {
  const page = html(exampleDocument);
  for (const part of [
    "<h3><bdi>billing</bdi></h3>",
    '<th scope="row"><bdi>search</bdi></th>',
    "2 green agents",
    "<mark>OpenAI()</mark>",
    "Content-Security-Policy",
  ])
    assert(page.includes(part), part);
});

const green = exampleDocument.agents.slice(2);
const paused = "by ann at 2026-11-25T14:06:00.000Z: runaway loop";
const pretty = (agents: FleetDocument["agents"], verbose = false) =>
  prettyReport({ ...exampleDocument, agents }, { colors: createColors(false), width: 80, columns: 80, verbose });

test("every format names the green agents that are paused, some of many", () => {
  const one = green.map((it) => (it.name === "calm" ? { ...it, paused } : it));
  const many = green.slice(1).flatMap((it) => Array.from({ length: 1022 }, (_, i) => ({ ...it, name: `agent-${i}`, paused })));
  assert.equal(pretty(one), "green     calm, quiet\npaused    calm\n");
  assert.equal(pretty(many).split("\n")[1], "paused    agent-0, agent-1, agent-2, agent-3, agent-4 and 1,017 more");
  const markdown = (agents: FleetDocument["agents"]) => markdownReport({ ...exampleDocument, agents }, { verbose: false });
  assert.equal(markdown(one).split("\n").at(-2), "`calm`, `quiet`; paused: `calm`");
  assert.match(markdown(many), /; paused: `agent-0`, .*, `agent-19` and 1,002 more\n$/);
  assert(html({ ...exampleDocument, agents: one }).includes('<p><strong class="warning">paused</strong> <bdi>calm</bdi></p>'));
  assert(html({ ...exampleDocument, agents: many }).includes("<bdi>agent-19</bdi> and 1,002 more</p>"));
});

test("with --verbose, a green agent says its figures and its pause, in Markdown too", () => {
  const [calm, quiet] = green;
  assert(calm && quiet);
  const agents = [
    { ...calm, figures: [["calls", "7"]] },
    { ...quiet, facts: [], paused },
  ] as const;
  assert.equal(
    markdownReport({ ...exampleDocument, agents }, { verbose: true }).split("## Green: 2\n")[1],
    `
### \`calm\`

\`agents/calm\` · \`go\`  
calls 7

### \`quiet\`

- **paused** ${paused}
`,
  );
  assert.equal(pretty(agents, true), `green     calm  agents/calm · go\n  calls 7\n\ngreen     quiet\n  paused ${paused}\n`);
});

test("a green agent whose name has no room is one agent", () => {
  const calm = exampleDocument.agents.slice(2, 3).map((it) => ({ ...it, name: "x".repeat(60) }));
  const options = { colors: createColors(false), width: 80, columns: 80, verbose: false };
  assert.equal(prettyReport({ ...exampleDocument, agents: calm }, options), "green     1 agent\n");
});

test("a terminal is never steered, and rows keep to its width", async () => {
  const hostile = await hostileDocument();
  const colors = createColors(false);
  const text = `${prettyReport(hostile, { colors, width: 80, columns: 80, verbose: false })}${summaryLines(hostile, { colors, verbose: false })}`;
  assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069\u2028]/u);
  const rows = text.split("\n").filter((it) => /^warning {3}/.test(it));
  assert.equal(rows.length, hostile.agents.filter((it) => it.health === "warning").length);
  for (const row of rows) assert(widthOf(row) <= 80, row);
});
