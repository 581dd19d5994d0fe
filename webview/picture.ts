/** A picture of what is shown that any viewer opens: no font, style sheet or script from elsewhere. */
import type { FleetRow, Health } from "../server/fleet/model/fleet-row.ts";
import { plural } from "../server/fleet/model/plural.ts";
import { age, count, duration, errorShare, liveNow, share, unknown, usd } from "./figures.ts";
import { isAllStale, type Screen } from "./forest.ts";
import { languageName, shown, shownName, whole } from "./text.ts";
import { isFiltered, type ViewState } from "./view-state.ts";

const width = 1000;
const margin = 20;
const lineHeight = 22;
const textSize = 13;
const font = "sans-serif";
/** Of agents that are not green; a longer picture is one that nobody reads. */
const mostRows = 200;

interface Line {
  text: string;
  size?: number;
  colour?: string;
  indent?: number;
}

export function pictureOf(screen: Screen): string {
  const ink = colours();
  const lines = linesOf(screen, ink);
  const height = lines.length * lineHeight + 40;
  const drawn = lines.map(
    ({ text, size = textSize, colour = ink.text, indent = 0 }, index) =>
      `<text x="${margin + indent}" y="${36 + index * lineHeight}" font-size="${size}" fill="${escaped(colour)}">${escaped(text)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`,
    `<rect width="100%" height="100%" fill="${escaped(ink.ground)}"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

type Ink = Readonly<Record<Health | "text" | "ground", string>>;

function linesOf({ now, totals, watching, state, shown: rows }: Screen, ink: Ink): Line[] {
  const { byHealth } = totals;
  const unwell = rows.filter((it) => it.health !== "green");
  const green = rows.length - unwell.length;
  const more = unwell.length - mostRows;
  return [
    { text: `Forest, ${new Date(now).toLocaleString()}`, size: 18 },
    {
      text: `${plural(totals.agents, "agent")}: ${whole(byHealth.critical)} critical, ${whole(byHealth.warning)} warning, ${whole(byHealth.green)} green`,
    },
    {
      text: `Spend ${usd(totals.usdPerHour)}/h · tokens ${count(totals.tokensPerMinute)}/min · errors ${share(totals.errorRate)} · data age ${totals.dataAgeMs === null ? unknown : age(totals.dataAgeMs)}`,
    },
    ...(isFiltered(state) ? [{ text: `${whole(rows.length)} of ${plural(totals.agents, "agent")}: ${shown(filtersOf(state), 120)}` }] : []),
    { text: "" },
    ...unwell.slice(0, mostRows).flatMap((row) => linesOfRow(row, ink)),
    ...(more > 0 ? [{ text: `… and ${plural(more, "more agent that is not green", "more agents that are not green")}` }] : []),
    ...(green > 0 ? [greenLine(green, isAllStale({ totals, watching }), ink)] : []),
  ];
}

const filtersOf = ({ search, healths, language, owner, rule }: ViewState): string =>
  [
    ...(search.trim() === "" ? [] : [`search “${search.trim()}”`]),
    ...healths,
    ...(language === "" ? [] : [languageName(language)]),
    ...[owner, rule].filter((it) => it !== ""),
  ].join(" · ");

/** Green by what was known once is not green now. */
const greenLine = (agents: number, isStale: boolean, ink: Ink): Line =>
  isStale
    ? { text: `○ ${plural(agents, "green agent")} when last heard of`, colour: ink.text }
    : { text: `● ${plural(agents, "green agent")}`, colour: ink.green };

function linesOfRow(row: FleetRow, ink: Ink): Line[] {
  const figures = ` · ${row.health}${row.paused ? ", mothballed" : ""} · ${figuresOf(row)}`;
  const head = `${fitting(`${signs[row.health]} ${shownName(row.agentId)}`, width - 2 * margin - widthOf(figures))}${figures}`;
  const reasons = row.health === "critical" ? row.reasons.slice(0, 5) : row.reasons.slice(0, 1);
  return [{ text: head, colour: ink[row.health] }, ...reasons.map(({ text }) => ({ text: shown(text, 120), indent: 24 }))];
}

/** A text, cut where it is wider than so many pixels. */
function fitting(text: string, room: number): string {
  const letters = [...text];
  const cut = () => `${letters.join("")}…`;
  if (widthOf(text) <= room) return text;
  while (letters.length > 0 && widthOf(cut()) > room) letters.pop();
  return cut();
}

const pen = document.createElement("canvas").getContext("2d");

function widthOf(text: string): number {
  if (!pen) return 0;
  pen.font = `${textSize}px ${font}`;
  return pen.measureText(text).width;
}

const signs: Readonly<Record<Health, string>> = { critical: "▲", warning: "◆", green: "●" };

function figuresOf(row: FleetRow): string {
  const live = liveNow(row);
  return live
    ? `${usd(live.usdPerHour)}/h · ${count(live.tokensPerMinute)} tokens/min · p95 ${duration(live.p95Ms)} · ${share(errorShare(live))} errors`
    : `${row.freshness === "unheard" ? "never heard" : row.freshness} ${unknown}`;
}

function colours(): Ink {
  const style = getComputedStyle(document.body);
  const of = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: of("--vscode-foreground", "#333"),
    ground: of("--vscode-editor-background", "#fff"),
    critical: of("--vscode-problemsErrorIcon-foreground", "#c00"),
    warning: of("--vscode-problemsWarningIcon-foreground", "#850"),
    green: of("--vscode-testing-iconPassed", "#080"),
  };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => entities[it] ?? it);

/** In Base64. */
export async function png(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas.toDataURL("image/png").replace(/^data:image\/png;base64,/, "");
}
