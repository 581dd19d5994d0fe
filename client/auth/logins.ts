/** Logins as the editor sees them: kept in the secret storage, reopened when the server starts, and given to new terminals as long as they are good. */
import * as vscode from "vscode";
import type { KeptLogin, LoginAnswer, LoginParams, TerminalEnvironment } from "../../server/protocol/auth-messages.ts";
import type { Server } from "../server.ts";
import { forgetLogin, keepLogin, keepRenewed, keptLogins } from "./secrets.ts";
import { applyEnvironment } from "./terminal-environment.ts";

export type Login = Omit<TerminalEnvironment["logins"][number], "saved">;

export interface Logins extends vscode.Disposable {
  /** Who is logged in now. */
  all(): readonly Login[];
  /** Whose login is kept though it could not be reopened. */
  closed(): Promise<readonly Login["provider"][]>;
  readonly onDidChange: vscode.Event<void>;
  /** `undefined` when the server did not answer or the person gave up. */
  logIn(login: KeptLogin, token: vscode.CancellationToken): Promise<LoginAnswer | undefined>;
  logOut(provider: Login["provider"]): Promise<void>;
}

export function createLogins(context: vscode.ExtensionContext, server: Server, log: vscode.LogOutputChannel): Logins {
  const changed = new vscode.EventEmitter<void>();
  let logins: readonly Login[] = [];
  let renewal: ReturnType<typeof setTimeout> | undefined;
  let wasReady = false;
  /** How often the environment was asked for. An answer that a later one overtook holds credentials of who may have logged out meanwhile. */
  let asked = 0;

  async function open(login: KeptLogin, asks: boolean, token?: vscode.CancellationToken): Promise<LoginAnswer | undefined> {
    const { loginAnswerSchema, loginMethod } = await import("../../server/protocol/auth-messages.ts");
    const params: LoginParams = { ...login, asks };
    return loginAnswerSchema.safeParse(await server.request(loginMethod, params, token)).data;
  }

  async function take(answer: unknown) {
    const { terminalEnvironmentSchema } = await import("../../server/protocol/auth-messages.ts");
    const environment = terminalEnvironmentSchema.safeParse(answer);
    if (!environment.success) return;
    logins = environment.data.logins.map(({ saved: _, ...shown }) => shown);
    await keepRenewed(context.secrets, environment.data.logins);
    for (const it of environment.data.problems) log.warn(it);
    applyEnvironment(context.environmentVariableCollection, environment.data);
    clearTimeout(renewal);
    const ends = logins.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
    if (ends.length > 0) renewal = setTimeout(renew, waitBefore(Math.min(...ends), Date.now()));
    changed.fire();
  }

  async function renew() {
    const { environmentMethod } = await import("../../server/protocol/auth-messages.ts");
    const mine = ++asked;
    const answer = await server.request(environmentMethod);
    // The next attempt, should this one have failed; what is taken says when it is really due.
    clearTimeout(renewal);
    if (logins.length > 0) renewal = setTimeout(renew, minute);
    if (mine === asked) await take(answer);
  }

  /** A server that just started knows nobody. Then what keeps a private index closed is said before a tool fails because of it. */
  async function reopen() {
    if (!vscode.workspace.isTrusted) return;
    const kept = await keptLogins(context.secrets);
    for (const login of kept) {
      const answer = await open(login, false);
      if (answer && "problem" in answer) log.warn(`The login at ${login.provider} could not be reopened: ${answer.problem}`);
      else if (answer) await keepRenewed(context.secrets, [{ provider: login.provider, saved: answer.saved }]);
    }
    if (kept.length > 0) await renew();
    await vscode.commands.executeCommand("cockpit.checkRegistries", { onlyProblems: true });
  }

  const reopenLogged = () => reopen().catch((error: unknown) => log.error(`Logins could not be reopened: ${String(error)}`));
  const listener = server.onDidChange(({ kind }) => {
    const isReady = kind === "ready";
    if (isReady && !wasReady) void reopenLogged();
    wasReady = isReady;
  });
  const trusting = vscode.workspace.onDidGrantWorkspaceTrust(reopenLogged);

  return {
    all: () => logins,
    async closed() {
      const kept = (await keptLogins(context.secrets)).map((it) => it.provider);
      return kept.filter((it) => logins.every(({ provider }) => provider !== it));
    },
    onDidChange: changed.event,
    async logIn(login, token) {
      if (!vscode.workspace.isTrusted) return { problem: untrusted };
      const answer = await open(login, true, token);
      if (!answer || "problem" in answer) return answer;
      await keepLogin(context.secrets, { ...login, ...(answer.saved ? { saved: answer.saved } : {}) });
      await renew();
      return answer;
    },
    async logOut(provider) {
      const { logoutMethod } = await import("../../server/protocol/auth-messages.ts");
      await forgetLogin(context.secrets, provider);
      const mine = ++asked;
      const answer = await server.request(logoutMethod, { provider });
      // Where no server answers, terminals get nothing until the next renewal, rather than what is no longer theirs.
      const rest = { logins: logins.filter((it) => it.provider !== provider), folders: [], problems: [] };
      if (mine === asked) await take(answer ?? rest);
    },
    dispose() {
      clearTimeout(renewal);
      listener.dispose();
      trusting.dispose();
      changed.dispose();
    },
  };
}

export const untrusted = "this workspace is not trusted, and its files say which hosts are asked; trust it first";

/** Credentials are renewed five minutes before they end, but not more often than twice a minute; milliseconds. */
const waitBefore = (expiresAt: number, now: number): number => Math.min(Math.max(expiresAt - now - 5 * minute, minute / 2), longest);

const minute = 60_000;
/** Timers hold no more than 2³¹ − 1 ms. */
const longest = 2 ** 31 - 1;
