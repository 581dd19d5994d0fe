/** What the server tells the editor and asks of it, kept for tests to read. */
import {
  type ApplyWorkspaceEditParams,
  type ApplyWorkspaceEditResult,
  type ConfigurationParams,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type RegistrationParams,
  RegistrationRequest,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { foldFleet } from "../../server/protocol/fold-fleet.ts";
import { type Fleet, fleetMethod, fleetNewsSchema } from "../../server/protocol/lsp.ts";
import type { Disk } from "./disk.ts";

export interface Answers {
  /** What was last published, by file. */
  diagnostics: Map<string, PublishDiagnosticsParams>;
  /** Every fleet that was told, the last one last. */
  fleets: Fleet[];
  log: string[];
  /** What a person was told. */
  messages: string[];
  registrations: RegistrationParams["registrations"];
  progress: { token: string | number; value: { kind: string; title?: string; message?: string } }[];
  /** How often the server asked to be asked for diagnostics again. */
  refreshes: number;
  applied: ApplyWorkspaceEditParams[];
  /** Whether `workspace/applyEdit` is carried out. */
  acceptEdits: boolean;
  settings: Record<string, unknown>;
  /** Those of one folder, where they are others. */
  folderSettings: Record<string, Record<string, unknown>>;
}

export function answerServer(
  connection: ProtocolConnection,
  { fileOf }: Disk,
  settings: Record<string, unknown>,
  apply: (edit: WorkspaceEdit) => Promise<void>,
): Answers {
  const answers: Answers = {
    diagnostics: new Map(),
    fleets: [],
    log: [],
    messages: [],
    registrations: [],
    progress: [],
    refreshes: 0,
    applied: [],
    acceptEdits: true,
    settings,
    folderSettings: {},
  };
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    answers.diagnostics.set(fileOf(params.uri), params);
  });
  let fleet: Fleet | undefined;
  connection.onNotification(fleetMethod, (params: unknown) => {
    const news = fleetNewsSchema.parse(params);
    fleet = foldFleet(fleet, news);
    if (!news.more) answers.fleets.push(fleet);
  });
  connection.onNotification("window/logMessage", ({ message }: { message: string }) => void answers.log.push(message));
  connection.onNotification("window/showMessage", ({ message }: { message: string }) => void answers.messages.push(message));
  connection.onNotification("$/progress", (params: Answers["progress"][number]) => void answers.progress.push(params));
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => {
    answers.refreshes++;
    return null;
  });
  connection.onRequest(RegistrationRequest.method, ({ registrations }: RegistrationParams) => {
    answers.registrations.push(...registrations);
    return null;
  });
  connection.onRequest("workspace/configuration", ({ items }: ConfigurationParams) =>
    items.map(({ scopeUri = "", section = "" }) => below(answers.folderSettings[fileOf(scopeUri)] ?? answers.settings, section)),
  );
  connection.onRequest("workspace/applyEdit", async (params: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> => {
    answers.applied.push(params);
    if (!answers.acceptEdits) return { applied: false, failureReason: "the test said no" };
    await apply(params.edit);
    return { applied: true };
  });
  return answers;
}

/** `cockpit.live.port` is `live.port` of what is set under `cockpit`. */
const below = (settings: Record<string, unknown>, section: string): unknown =>
  section
    .split(".")
    .slice(1)
    .reduce((at: unknown, key) => Object.entries(at ?? {}).find(([name]) => name === key)?.[1] ?? null, settings);
