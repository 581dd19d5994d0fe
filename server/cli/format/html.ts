/**
 * A report as one HTML file: no script, nothing from elsewhere, and a policy that allows neither. Text that is not ours is escaped, and isolated, so that what is written from right to
 * left does not turn around what stands beside it.
 */
import { createHash } from "node:crypto";
import type { Health } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";
import { printable } from "../terminal.ts";
import { type AgentEntry, type Excerpt, type FindingEntry, type FleetDocument, someNames, timeText } from "./fleet-document.ts";
import { style } from "./html-style.ts";

export interface HtmlOptions {
  verbose: boolean;
  /** Of the cockpit. */
  version: string;
  /** Milliseconds since 1970. */
  made: number;
}

export function htmlReport({ title, facts, outcome, agents }: FleetDocument, { verbose, version, made }: HtmlOptions): string {
  const of = (health: Health) => agents.filter((it) => it.health === health);
  const isBlock = (it: AgentEntry) => it.health === "critical" || verbose;
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="quiet">${facts.map(text).join(" · ")}</p>
<p>${outcome.map((it) => `<span class="${it.tone}">${text(it.text)}</span>`).join(" · ")}</p>
</header>
<main>
${section("critical", "Critical", of("critical"), (all) => all.map(block).join("\n"))}
${section("warning", "Warnings", of("warning"), (all) => (all.some(isBlock) ? all.map(block).join("\n") : warnings(all)))}
${section("green", "Green", of("green"), (all) => (verbose ? all.map(block).join("\n") : names(all)))}
</main>
<footer class="quiet">Made by AgentOps Cockpit ${escaped(version)} at ${timeText(made)}</footer>
</body>
</html>
`;
}

function section(health: Health, name: string, agents: readonly AgentEntry[], body: (agents: readonly AgentEntry[]) => string): string {
  if (agents.length === 0) return "";
  const count = `<span class="quiet">${agents.length.toLocaleString("en-US")}</span>`;
  return `<section aria-labelledby="${health}">\n<h2 id="${health}" class="${health}">${name} ${count}</h2>\n${body(agents)}\n</section>`;
}

function block(agent: AgentEntry): string {
  const { name, facts, since, alerts, paused, figures, notRun } = agent;
  const items = [
    ...alerts.map((it) => `<li><strong class="error">alert</strong> ${text(it)}</li>`),
    ...(paused ? [`<li><strong class="warning">paused</strong> ${text(paused)}</li>`] : []),
    ...notRun.map((it) => `<li><strong class="odd">not run</strong> <code>${escaped(it.place)}</code> ${text(it.reason)}</li>`),
  ];
  const known = [...facts.map(text), since === undefined ? "" : `since ${timeText(since)}`].filter(Boolean);
  return `<article>
<h3>${text(name)}</h3>
<p class="quiet">${known.join(" · ")}</p>
${figures.length > 0 ? figureList(figures) : ""}
${items.length > 0 ? `<ul>${items.join("\n")}</ul>` : ""}
${findings(agent)}
</article>`;
}

const figureList = (figures: AgentEntry["figures"]) =>
  `<dl>${figures.map(([label, value]) => `<div><dt>${text(label)}</dt><dd>${text(value)}</dd></div>`).join("")}</dl>`;

function findings({ name, detailed, others, hidden }: AgentEntry): string {
  const all = [...detailed, ...others];
  if (all.length === 0) return "";
  const head = ["Severity", "What", "Rule", "Where"].map((it) => `<th scope="col">${it}</th>`).join("");
  const more = hidden ? `<p class="quiet">and ${text(hidden)}</p>` : "";
  return `<div class="wide" tabindex="0" role="group" aria-label="Findings of ${attribute(name)}"><table>
<thead><tr>${head}</tr></thead>
<tbody>${all.map(findingRow).join("\n")}</tbody>
</table></div>${more}`;
}

function findingRow({ severity, rule, place, message, fix, excerpt }: FindingEntry): string {
  const word = fix?.safety === "safe" ? "fix" : "suggestion";
  const repair = fix ? `<p class="quiet">${word}: ${text(fix.title)}</p>` : "";
  const what = `<p>${text(message)}</p>${excerpt ? excerptOf(excerpt) : ""}${repair}`;
  return `<tr><td class="${severity}">${severity}</td><td class="what">${what}</td><td><code>${escaped(rule)}</code></td><td><code>${escaped(place)}</code></td></tr>`;
}

const excerptOf = ({ text: line, start, end }: Excerpt) =>
  `<pre><code>${escaped(line.slice(0, start))}<mark>${escaped(line.slice(start, end))}</mark>${escaped(line.slice(end))}</code></pre>`;

function warnings(agents: readonly AgentEntry[]): string {
  const labels = [...new Set(agents.flatMap((it) => it.figures.map(([label]) => label)))];
  const head = ["Agent", "Why", ...labels, "About it"].map((it) => `<th scope="col">${text(it)}</th>`).join("");
  const rows = agents.map((it) => {
    const why = [...it.reasons.map((reason) => reason.text), it.paused ? `paused ${it.paused}` : ""].filter(Boolean).map(text).join("<br>");
    const figures = new Map(it.figures);
    const values = labels.map((label) => `<td>${text(figures.get(label) ?? "–")}</td>`).join("");
    return `<tr><th scope="row">${text(it.name)}</th><td class="what">${why}${folded(it)}</td>${values}<td>${it.facts.map(text).join(" · ")}</td></tr>`;
  });
  return `<div class="wide" tabindex="0" role="group" aria-label="Warnings"><table>
<thead><tr>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}

/** A row's findings, for who opens it. */
function folded({ others, hidden, notRun, name }: AgentEntry): string {
  const items = [
    ...others.map((it) => `<li><code>${escaped(it.rule)}</code> <code>${escaped(it.place)}</code> ${text(it.message)}</li>`),
    ...notRun.map((it) => `<li>not run: <code>${escaped(it.place)}</code> ${text(it.reason)}</li>`),
    ...(hidden ? [`<li>and ${text(hidden)}</li>`] : []),
  ];
  const label = `aria-label="Details of ${attribute(name)}"`;
  return items.length > 0 ? `<details><summary ${label}>details</summary><ul>${items.join("")}</ul></details>` : "";
}

function names(agents: readonly AgentEntry[]): string {
  const paused = agents.filter((it) => it.paused !== undefined);
  const all = `<p>${agents.map((it) => text(it.name)).join(", ")}</p>`;
  const held = paused.length > 0 ? `\n<p><strong class="warning">paused</strong> ${someNames(paused, text)}</p>` : "";
  return `<details><summary>${plural(agents.length, "green agent")}</summary>${all}</details>${held}`;
}

/** Words that may hold code between backticks, as rules write it. */
const text = (words: string): string =>
  words
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? `<code>${escaped(part.slice(1, -1))}</code>` : part === "" ? "" : `<bdi>${escaped(part)}</bdi>`))
    .join("");

const escaped = (words: string): string =>
  printable(words.replaceAll("\t", " ").replaceAll("\n", " ")).replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`);

const attribute = escaped;
