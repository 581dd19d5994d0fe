/** `cockpit fleet mothball` and `cockpit fleet resume`: pauses an agent, or lets it go on, and keeps as evidence who did it, when and why. */
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { openLakeFile } from "../../telemetry/lake/lake-file.ts";
import { addMothball, MothballError, readMothballs, removeMothball } from "../../telemetry/mothball/signals.ts";
import { cockpitFolder, lakeFileIn, makeLakeFolder } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { openSession, shownPath } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

export const run = (flags: Flags, terminal: Terminal) => change("mothball", flags, terminal);

export async function change(kind: "mothball" | "resume", flags: Flags, terminal: Terminal): Promise<number> {
  const { target, isFile } = await openSession(flags);
  const cockpit = cockpitFolder(isFile ? dirname(target) : target);
  const agentId = flags.text("id");
  if (agentId === undefined) throw new UsageError(`which agent? name it with --id, or --id "*" for all`);
  const by = flags.text("by") ?? `${userInfo().username}@${hostname()}`;
  const reason = flags.text("reason")?.trim() || null;
  if (kind === "mothball" && !reason) throw new UsageError("say why with --reason: it is what the agent's own error will say");
  try {
    const paused = await readMothballs(cockpit);
    const before = paused.get(agentId);
    if (kind === "resume" && !before && paused.has("*"))
      throw new UsageError(`${agentId} is paused with all agents; to resume all, write --id "*"`);
    const isDone = kind === "mothball" ? before !== undefined : before === undefined;
    if (!isDone && flags.on("apply")) await apply({ kind, agentId, by, reason }, cockpit, terminal);
    const state = isDone ? "unchanged" : flags.on("apply") ? "done" : "planned";
    await show({ kind, agentId, state, by, reason, before: before ?? null, folder: cockpit }, flags, terminal);
    return state === "planned" ? 1 : 0;
  } catch (error) {
    if (error instanceof MothballError) throw new UsageError(error.message);
    throw error;
  }
}

type Signal = Pick<Change, "kind" | "agentId" | "by" | "reason">;

async function apply({ kind, agentId, by, reason }: Signal, cockpit: string, terminal: Terminal) {
  const time = Date.now();
  const at = new Date(time).toISOString();
  if (kind === "mothball") await addMothball(cockpit, agentId, { by, at, reason: reason ?? "" });
  else await removeMothball(cockpit, agentId);
  const body = { kind, agentId, by, at, reason };
  try {
    await makeLakeFolder(cockpit);
    const lake = openLakeFile(lakeFileIn(cockpit));
    lake.write({ cells: [], evidence: [{ time, kind: "signal", body }], state: {} });
    lake.close();
  } catch (error) {
    terminal.note(`cockpit: done, but not kept as evidence: ${error instanceof Error ? error.message : error}`);
  }
}

interface Change {
  kind: "mothball" | "resume";
  agentId: string;
  state: "unchanged" | "done" | "planned";
  by: string;
  reason: string | null;
  before: { by: string; at: string; reason: string } | null;
  folder: string;
}

async function show(change: Change, flags: Flags, terminal: Terminal) {
  if (flags.text("format") === "json") return terminal.out(`${JSON.stringify({ version: 1, ...change }, null, 2)}\n`);
  await terminal.out(`${printable(sentence(change))}\n`);
}

function sentence({ kind, agentId, state, before, folder }: Change): string {
  const paused = before ? ` by ${before.by} since ${before.at}: ${before.reason}` : "";
  if (state === "unchanged") return kind === "mothball" ? `${agentId} is paused already,${paused}` : `${agentId} is not paused`;
  const where = `${shownPath(folder)}/mothball.json`;
  if (state === "planned")
    return `${agentId} would be ${kind === "mothball" ? "paused" : `resumed; it is paused${paused}`}; --apply writes ${where}`;
  return kind === "mothball" ? `${agentId} is paused: its next call is refused` : `${agentId} is resumed`;
}
