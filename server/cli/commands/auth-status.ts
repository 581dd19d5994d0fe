/** `cockpit auth status`: the record of logins, and what the keeper holds of them. */
import { AuthError, type LoginIndex } from "../../auth/identity.ts";
import { runningKeeper } from "../../auth/keeper/client.ts";
import type { KeptState } from "../../auth/keeper/protocol.ts";
import { type Login, readLogins } from "../../auth/logins.ts";
import type { Provider } from "../../protocol/auth.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import type { Flags } from "../flags.ts";
import { printable, type Terminal } from "../terminal.ts";

interface LoginState {
  provider: Provider;
  account: string;
  method: string;
  /** `ready`: opened, or opens by itself when it is needed. */
  state: "ready" | "log in again";
  /** ISO 8601; absent while no token is held. */
  expiresAt?: string;
  indexes: readonly LoginIndex[];
}

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const logins = await refusalAsUsage(loginStates);
  if (flags.text("format") === "json") await terminal.out(`${JSON.stringify({ version: 1, logins }, null, 2)}\n`);
  else
    await terminal.out(
      logins.map((it) => line(it, terminal)).join("") || "nobody is logged in; run `cockpit auth login google`, aws or azure\n",
    );
  return logins.length > 0 && logins.every(({ state }) => state === "ready") ? 0 : 1;
}

async function loginStates(): Promise<LoginState[]> {
  const logins = await readLogins();
  const kept = logins.length > 0 ? await keptStates() : [];
  return logins.map((login) => stateOf(login, kept));
}

async function keptStates(): Promise<readonly KeptState[]> {
  const keeper = await runningKeeper();
  try {
    return (await keeper?.status()) ?? [];
  } catch (error) {
    // It ended just now: nothing is kept.
    if (error instanceof AuthError) return [];
    throw error;
  } finally {
    keeper?.close();
  }
}

function stateOf({ options: { provider }, account, method, asks, indexes }: Login, kept: readonly KeptState[]): LoginState {
  const open = kept.find((it) => it.provider === provider);
  return {
    provider,
    account: open?.account ?? account,
    method: open?.method ?? method,
    state: open || !asks ? "ready" : "log in again",
    ...(open?.expiresAt === undefined ? {} : { expiresAt: new Date(open.expiresAt).toISOString() }),
    indexes,
  };
}

function line({ provider, account, method, state, expiresAt, indexes }: LoginState, { colors }: Terminal): string {
  const mark = state === "ready" ? colors.green("ready       ") : colors.yellow("log in again");
  const until = expiresAt ? `, token until ${shownExpiry(Date.parse(expiresAt))}` : "";
  const rows = indexes.map(({ name, url, format }) => `                      ${printable(`${name}  ${format}  ${url}`)}\n`);
  return `${mark}  ${provider.padEnd(6)}  ${printable(`${account} (${method})`)}${until}\n${rows.join("")}`;
}

/** The local time, with the day where it is another one. */
export function shownExpiry(expiresAt: number): string {
  const at = new Date(expiresAt);
  const time = at.toTimeString().slice(0, 5);
  return at.toDateString() === new Date().toDateString()
    ? time
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

const two = (number: number) => String(number).padStart(2, "0");
