/** Plans and writes what an agent lacks. A plan is made anew when it is to be written, and written only if it is the one that was shown. */
import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import { survey } from "../host/discover.ts";
import {
  type AppliedScaffold,
  applyScaffoldMethod,
  applyScaffoldParamsSchema,
  planScaffoldMethod,
  type ScaffoldAnswer,
  type ScaffoldParams,
  scaffoldParamsSchema,
} from "../protocol/lsp.ts";
import { applyChanges } from "../scaffold/file-change.ts";
import { parts } from "../scaffold/parts.ts";
import { planScaffold, type ScaffoldPlan } from "../scaffold/scaffold.ts";
import { ScaffoldError } from "../scaffold/scaffold-error.ts";
import type { Folder } from "./folders.ts";
import type { Session } from "./session.ts";
import { uriOf } from "./uris.ts";

export function registerScaffold(session: Session): void {
  const { connection } = session;
  connection.onRequest<ScaffoldAnswer, void>(planScaffoldMethod, (params: unknown) =>
    orProblem(() => plan(session, scaffoldParamsSchema.parse(params))),
  );
  connection.onRequest<AppliedScaffold, void>(applyScaffoldMethod, (params: unknown) => {
    const { digest, ...request } = applyScaffoldParamsSchema.parse(params);
    return orProblem(() => apply(session, request, digest));
  });
}

/** What stands in the way is an answer, for a person to read. */
async function orProblem<T extends object>(work: () => Promise<T>): Promise<T | { problem: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScaffoldError) return { problem: error.message };
    throw error;
  }
}

async function plan(session: Session, params: ScaffoldParams): Promise<ScaffoldAnswer> {
  const folder = folderOf(session, params);
  const made = await planFor(folder, params);
  return {
    digest: digestOf(made),
    files: made.changes.map(({ change: { path, before, after }, how }) => ({
      uri: uriOf(path),
      path: shownIn(folder)(path),
      how,
      before,
      after,
    })),
    refused: made.refused.map((it) => ({ ...it, uri: uriOf(it.path), path: shownIn(folder)(it.path) })),
  };
}

async function apply(session: Session, params: ScaffoldParams, digest: string): Promise<AppliedScaffold> {
  const folder = folderOf(session, params);
  const made = await planFor(folder, params);
  if (digestOf(made) !== digest)
    throw new ScaffoldError("files have changed since the diff was shown: nothing was written; look at it again");
  const unsaved = made.changes.find(({ change }) =>
    [...session.documents.values()].some((it) => it.path === change.path && it.file.text !== withoutBom(change.before)),
  );
  if (unsaved)
    throw new ScaffoldError(`${shownIn(folder)(unsaved.change.path)} has changes that are not saved: nothing was written; save it first`);
  await applyChanges(
    made.top,
    made.changes.map((it) => it.change),
  );
  return { written: made.changes.filter((it) => it.how !== "record").map((it) => shownIn(folder)(it.change.path)), next: made.next };
}

function folderOf({ folders }: Session, { folder: uri }: ScaffoldParams): Folder {
  const folder = folders.workspace.find((it) => it.uri === uri);
  if (!folder) throw new ScaffoldError(`${uri} is no folder of this workspace: open it first`);
  return folder;
}

async function planFor(folder: Folder, { agent: id, language, parts: wanted }: ScaffoldParams): Promise<ScaffoldPlan> {
  const found = { root: folder.path, ...(await survey({ target: folder.path, config: folder.config })) };
  const agent = found.agents.find((it) => it.id === id);
  if (!agent) throw new ScaffoldError(`there is no agent ${JSON.stringify(id)} in ${folder.name} any more: audit the workspace again`);
  return planScaffold(found, { agent, language, parts: parts.filter((it) => wanted.includes(it.id)), shown: shownIn(folder) });
}

const shownIn = (folder: Folder) => (path: string) => relative(folder.path, path).split(sep).join("/") || ".";

const digestOf = ({ changes }: ScaffoldPlan) =>
  createHash("sha256")
    .update(JSON.stringify(changes.map(({ change }) => change)))
    .digest("hex");

/** Editors keep a byte-order mark to themselves. */
const withoutBom = (text: string | null) => text?.replace(/^\uFEFF/, "");
