/**
 * The mothball signal as a file, `mothball.json` in the folder `.cockpit` of a workspace, which the agents' runtimes look at before every call (docs/runtime.md). Who
 * changes it replaces it in one step.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { lock } from "../../host/file-lock.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { parsedJson } from "../../protocol/json.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { makeLakeFolder } from "../workspace.ts";

export interface Mothball {
  by: string;
  /** ISO 8601. */
  at: string;
  reason: string;
}

export class MothballError extends Error {
  override name = "MothballError";
}

const mothball = z.object({ by: z.string(), at: z.string(), reason: z.string() });
const file = z.object({ version: z.literal(1), agents: z.record(z.string(), mothball) });

const pathIn = (folder: string) => join(folder, "mothball.json");

/** By agent id; `*` stands for all. `folder` is a `.cockpit`. Throws a MothballError when the file is not as it must be. */
export async function readMothballs(folder: string): Promise<Map<string, Mothball>> {
  const text = await readFile(pathIn(folder), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new MothballError(`${pathIn(folder)} cannot be read: ${error.message}`);
  });
  if (text === undefined) return new Map();
  const json = parsedJson(text.replace(/^\uFEFF/, ""));
  const parsed = file.safeParse(json);
  if (parsed.success) return new Map(Object.entries(parsed.data.agents));
  const problem = json === undefined ? "it is no JSON" : problemOf(parsed.error);
  throw new MothballError(`${pathIn(folder)} is not as it must be (${problem}); mend it, or remove it to resume all agents`);
}

const problemOf = ({ issues: [first] }: z.ZodError) => [first?.path.join("."), first?.message].filter(Boolean).join(": ");

/** Pauses an agent; whether it was not paused before, in which case what was said then stays. */
export const addMothball = (folder: string, agentId: string, entry: Mothball): Promise<boolean> =>
  change(folder, (agents) => {
    if (agents.has(agentId)) return false;
    agents.set(agentId, entry);
    return true;
  });

/** Resumes an agent; whether it was paused. */
export const removeMothball = (folder: string, agentId: string): Promise<boolean> => change(folder, (agents) => agents.delete(agentId));

/** One writer at a time, also among processes. */
async function change(folder: string, edit: (agents: Map<string, Mothball>) => boolean): Promise<boolean> {
  await makeLakeFolder(folder);
  const file = join(folder, "lake", "mothball.lock");
  const held = await lock(file, patienceMs).catch((error: unknown) => {
    throw new MothballError(`${file} cannot be locked: ${messageOf(error)}`);
  });
  try {
    const agents = await readMothballs(folder);
    if (!edit(agents)) return false;
    const text = JSON.stringify({ version: 1, agents: Object.fromEntries(agents) }, null, 2);
    return await replaceFile(pathIn(folder), `${text}\n`, { mode: 0o644 });
  } finally {
    held.release();
  }
}

const patienceMs = 30_000;
