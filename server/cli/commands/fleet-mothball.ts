/** `cockpit fleet mothball` and `cockpit fleet resume`: pauses an agent, or lets it go on, and keeps as evidence who did it, when and why. */
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { plural } from "../../fleet/model/plural.ts";
import type { MothballChange } from "../../protocol/fleet-watch.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { openLakeFile } from "../../telemetry/lake/lake-file.ts";
import { lastHeardIn } from "../../telemetry/lake/last-heard.ts";
import { addMothball, type Mothball, MothballError, readMothballs, removeMothball } from "../../telemetry/mothball/signals.ts";
import { clockSkewMs } from "../../telemetry/sane-events.ts";
import { cockpitFolder, lakeFileIn, makeLakeFolder } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { openSession, shownPath } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export const run = (flags: Flags, terminal: Terminal) => change("mothball", flags, terminal);

export async function change(kind: "mothball" | "resume", flags: Flags, terminal: Terminal): Promise<number> {
  const { target, isFile } = await openSession(flags);
  const cockpit = cockpitFolder(isFile ? dirname(target) : target);
  const agentId = flags.text("id");
  if (!agentId) throw new UsageError(`which agent? name it with --id, or --id "*" for all`);
  if (agentId === "__proto__") throw new UsageError("no agent may have this name: __proto__");
  const by = flags.text("by")?.trim() || `${userInfo().username}@${hostname()}`;
  const reason = flags.text("reason")?.trim() || null;
  if (kind === "mothball" && !reason) throw new UsageError("say why with --reason: it is what the agent's own error will say");
  try {
    const paused = await readMothballs(cockpit);
    const before = paused.get(agentId);
    const others = alsoPausing(paused, agentId);
    const isHeld = kind === "resume" && agentId !== "*" && others.length > 0;
    if (isHeld && !before) throw new UsageError(`${agentId} is paused with all agents; to resume all, write --id "*"`);
    const isDone = kind === "mothball" ? before !== undefined : before === undefined;
    // Somebody else was faster: what they did is told.
    if (!isDone && flags.on("apply") && !(await apply({ kind, agentId, by, reason }, cockpit, terminal)))
      return await change(kind, flags, terminal);
    const state = isDone ? "unchanged" : flags.on("apply") ? "done" : "planned";
    const pauses = { before: before ?? null, others: Object.fromEntries(others) };
    await show({ version: 1, kind, agentId, state, by, reason, ...pauses, folder: cockpit }, flags, terminal);
    if (kind === "mothball" && !flags.on("quiet") && !isKnown(agentId, cockpit))
      terminal.note(
        `cockpit: no agent named ${printable(agentId)} was heard in ${shownPath(dirname(cockpit))}: are --id and --target right?`,
      );
    return state === "planned" || isHeld ? 1 : 0;
  } catch (error) {
    if (error instanceof MothballError) throw new UsageError(error.message);
    throw error;
  }
}

/** An agent may be paused by its own name and with all agents; each pause is lifted by itself. */
const alsoPausing = (paused: ReadonlyMap<string, Mothball>, agentId: string) =>
  [...paused].filter(([id]) => (agentId === "*") !== (id === "*"));

type Signal = Pick<Change, "kind" | "agentId" | "by" | "reason">;

/** Whether that changed anything. */
async function apply({ kind, agentId, by, reason }: Signal, cockpit: string, terminal: Terminal): Promise<boolean> {
  const time = Date.now();
  const at = new Date(time).toISOString();
  const isChanged =
    kind === "mothball" ? await addMothball(cockpit, agentId, { by, at, reason: reason ?? "" }) : await removeMothball(cockpit, agentId);
  if (!isChanged) return false;
  const body = { kind, agentId, by, at, reason };
  try {
    await makeLakeFolder(cockpit);
    const lake = openLakeFile(lakeFileIn(cockpit));
    lake.write({ cells: [], evidence: [{ time, kind: "signal", body }], state: {} });
    lake.close();
  } catch (error) {
    terminal.note(`cockpit: done, but not kept as evidence: ${messageOf(error)}`);
  }
  return true;
}

/** A pause of nobody is no error: an agent may speak for the first time later. */
function isKnown(agentId: string, cockpit: string): boolean {
  if (agentId === "*") return true;
  try {
    const [heard] = lastHeardIn(lakeFileIn(cockpit), { until: Date.now() + clockSkewMs, agentId });
    return heard !== undefined;
  } catch {
    // That the lake cannot be read is said already, where it matters.
    return true;
  }
}

interface Change extends MothballChange {
  kind: "mothball" | "resume";
  agentId: string;
  by: string;
  reason: string | null;
  folder: string;
}

async function show(change: Change, flags: Flags, terminal: Terminal) {
  if (flags.text("format") === "json") return terminal.out(`${JSON.stringify(change, null, 2)}\n`);
  await terminal.out(`${printable(change.kind === "mothball" ? mothballed(change) : resumed(change))}\n`);
}

function mothballed({ agentId, state, before, folder }: Change): string {
  const isAll = agentId === "*";
  const who = isAll ? "all agents are" : `${agentId} is`;
  if (state === "unchanged") return `${who} paused already,${byWhom(before)}`;
  if (state === "done") return `${who} paused: ${isAll ? "the next call of each" : "its next call"} is refused`;
  return `${isAll ? "all agents" : agentId} would be paused; --apply writes ${fileIn(folder)}`;
}

function resumed({ agentId, state, before, others, folder }: Change): string {
  const { "*": all, ...named } = others;
  const byName = Object.keys(named).length;
  const isAll = agentId === "*";
  if (state === "unchanged" && isAll)
    return `there is no pause of all agents${byName > 0 ? `; paused by name: ${plural(byName, "agent")}` : ""}`;
  if (state === "unchanged") return `${agentId} is not paused`;
  const who = isAll ? "all agents" : all ? `${agentId}'s own pause` : agentId;
  const done = state === "planned" ? "would be" : isAll ? "are" : "is";
  const exceptions = byName > 0 ? `, but for ${plural(byName, "agent")} paused by name` : "";
  const plan = state === "planned" ? `; ${isAll ? "they are" : "it is"} paused${byWhom(before)}; --apply writes ${fileIn(folder)}` : "";
  const held = all ? `; it stays paused with all agents,${byWhom(all)}; to resume all, write --id "*"` : "";
  return `${who} ${done} ${all ? "lifted" : "resumed"}${exceptions}${plan}${held}`;
}

const byWhom = (it: Mothball | null) => (it ? ` by ${it.by} since ${it.at}: ${it.reason}` : "");
const fileIn = (folder: string) => `${shownPath(folder)}/mothball.json`;
