/** What a command and the keeper say to each other, as JSON-RPC. Both are of one version: the place where they meet is named for it. */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc/node";
import type { Provider } from "../../protocol/auth.ts";
import type { LoginIndex, LoginOptions, Prompt, TimedCredential } from "../identity.ts";

export interface LoginRequest {
  options: LoginOptions;
  /** Named by the person, besides those that `options` lead to. */
  indexes: readonly LoginIndex[];
  /** The caller's: the SDKs read it. */
  environment: Readonly<Record<string, string | undefined>>;
}

export interface LoggedIn {
  provider: Provider;
  account: string;
  method: string;
  expiresAt?: number;
  indexes: readonly LoginIndex[];
}

export type KeptState = Omit<LoggedIn, "indexes">;

export interface AskedIndex extends Pick<LoginIndex, "url" | "format"> {
  provider: Provider;
}

/** In the order of what was asked for; a problem is a sentence for the person. */
export type Answer = { credential: TimedCredential } | { problem: string };

export const login = new RequestType<LoginRequest, LoggedIn, void>("login");
export const prompted = new NotificationType<Parameters<Prompt>[0]>("prompted");
export const credentials = new RequestType<{ indexes: readonly AskedIndex[] }, readonly Answer[], void>("credentials");
export const status = new RequestType0<readonly KeptState[], void>("status");
/** The provider's login, or all. */
export const logout = new RequestType<{ provider?: Provider }, void, void>("logout");

/** The code of an answer that is an AuthError: its message is for the person. */
export const refusedCode = -32001;
