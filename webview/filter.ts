/** Which rows are shown, and in which order. */
import { type FleetRow, healths } from "../server/fleet/model/fleet-row.ts";
import { errorShare } from "./figures.ts";
import type { Sort, ViewState } from "./view-state.ts";

export function filtered(rows: readonly FleetRow[], state: ViewState): readonly FleetRow[] {
  const words = state.search
    .toLowerCase()
    .split(/\s+/)
    .filter((it) => it !== "");
  const tests: ((row: FleetRow) => boolean)[] = [];
  if (state.healths.length > 0) tests.push(({ health }) => state.healths.includes(health));
  if (state.language) tests.push(({ audited }) => audited?.language === state.language);
  if (state.owner) tests.push(({ audited }) => audited?.owners.includes(state.owner) ?? false);
  if (state.rule) tests.push(({ audited }) => audited?.findings.some(({ rule }) => rule === state.rule) ?? false);
  const [word] = words;
  if (words.length === 1 && word !== undefined) tests.push((row) => haystack(row).includes(word));
  if (words.length > 1) tests.push((row) => words.every((it) => haystack(row).includes(it)));
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
}

const haystacks = new WeakMap<object, string>();

/** What a search looks in, kept as long as what it is made of. */
function haystack({ agentId, audited, reasons }: FleetRow): string {
  const known = haystacks.get(reasons);
  if (known !== undefined) return known;
  const facts = audited ? [audited.root, audited.language, ...audited.frameworks, ...audited.owners] : [];
  const findings = audited?.findings.flatMap(({ rule, message, file }) => [rule, message, file]) ?? [];
  const text = [agentId, ...facts, ...reasons.map((it) => it.text), ...findings].join("\n").toLowerCase();
  haystacks.set(reasons, text);
  return text;
}

/** The worst health first in every order; the model's own order is that of need. Who has no figure comes after who has. */
export function sorted(rows: readonly FleetRow[], sort: Sort): readonly FleetRow[] {
  if (sort === "need") return rows;
  if (sort === "name") return [...rows].sort((a, b) => byHealth(a, b) || compare(a.agentId, b.agentId));
  const figure = figures[sort];
  const measured = rows.map((row) => ({ row, value: figure(row) ?? Number.NEGATIVE_INFINITY }));
  measured.sort((a, b) => byHealth(a.row, b.row) || (a.value === b.value ? 0 : b.value - a.value));
  return measured.map(({ row }) => row);
}

const rank = Object.fromEntries(healths.map((it, index) => [it, index]));
export const byHealth = (a: FleetRow, b: FleetRow) => (rank[a.health] ?? 0) - (rank[b.health] ?? 0);
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const figures: Readonly<Record<Exclude<Sort, "need" | "name">, (row: FleetRow) => number | null | undefined>> = {
  spend: ({ live }) => live?.usdPerHour,
  tokens: ({ live }) => live?.tokensPerMinute,
  errors: ({ live }) => live && errorShare(live),
  latency: ({ live }) => live?.p95Ms,
  findings: ({ audited }) => audited?.findings.length,
  heard: ({ live }) => live?.heard,
};

/** Whether an order changes as agents speak. */
export const isLiveSort = (sort: Sort): boolean => sort !== "need" && sort !== "name" && sort !== "findings";

export interface Facets {
  readonly languages: readonly string[];
  readonly owners: readonly string[];
  readonly rules: readonly string[];
}

export function facetsOf(rows: readonly FleetRow[]): Facets {
  const [languages, owners, rules] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { audited } of rows) {
    if (!audited) continue;
    languages.add(audited.language);
    for (const it of audited.owners) owners.add(it);
    for (const { rule } of audited.findings) rules.add(rule);
  }
  return { languages: [...languages].sort(), owners: [...owners].sort(), rules: [...rules].sort() };
}
