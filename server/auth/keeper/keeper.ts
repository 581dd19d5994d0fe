/** What the keeper does, whoever asks: opens identities, hands out their credentials, forgets them. All of it is in memory; the record on disk has no secret. */
import type { Provider } from "../../protocol/auth.ts";
import { openIdentity } from "../identities/open.ts";
import { AuthError, type Identity, type LoginIndex, type Prompt } from "../identity.ts";
import { forgetLogins, type Login, notLoggedIn, readLogins, recordLogin } from "../logins.ts";
import { adopt } from "./environment.ts";
import type { Answer, AskedIndex, KeptState, LoggedIn, LoginRequest } from "./protocol.ts";

export interface Kept {
  login(request: LoginRequest, prompt: Prompt, signal: AbortSignal): Promise<LoggedIn>;
  credentials(indexes: readonly AskedIndex[], signal: AbortSignal): Promise<Answer[]>;
  status(): KeptState[];
  logout(provider?: Provider): Promise<void>;
  isEmpty(): boolean;
}

export function createKept(): Kept {
  const open = new Map<Provider, Promise<Identity>>();
  let records = Promise.resolve();
  const states = new Map<Provider, Identity>();

  /** The record is one file: changes to it follow each other. */
  function recorded(change: () => Promise<void>): Promise<void> {
    const changed = records.then(change);
    records = changed.catch(() => undefined);
    return changed;
  }

  function keep(provider: Provider, identity: Identity) {
    open.set(provider, Promise.resolve(identity));
    states.set(provider, identity);
  }

  async function identityOf(provider: Provider): Promise<Identity> {
    const opening = open.get(provider) ?? reopen(provider);
    open.set(provider, opening);
    try {
      const identity = await opening;
      if (open.get(provider) === opening) states.set(provider, identity);
      return identity;
    } catch (error) {
      if (open.get(provider) === opening) open.delete(provider);
      throw error;
    }
  }

  async function answer({ provider, url, format }: AskedIndex, signal: AbortSignal): Promise<Answer> {
    try {
      const identity = await identityOf(provider);
      return { credential: await identity.credential({ url, format }, signal) };
    } catch (error) {
      if (error instanceof AuthError) return { problem: error.message };
      throw error;
    }
  }

  return {
    async login({ options, indexes, environment }, prompt, signal) {
      adopt(environment, options.provider);
      const identity = await openIdentity(options, { prompt, signal });
      const all = [...indexes, ...(identity.indexes ?? [])];
      const [first] = all;
      // What cannot be had is better known now than when a tool needs it.
      if (first) await identity.credential(first, signal);
      signal.throwIfAborted();
      const login = loginOf(options, identity, all);
      await recorded(async () => recordLogin({ ...login, indexes: merged(await indexesOf(options.provider), all) }));
      keep(options.provider, identity);
      return { ...stateOf(identity), indexes: all };
    },
    credentials: (indexes, signal) => Promise.all(indexes.map((it) => answer(it, signal))),
    status: () => [...states.values()].map(stateOf),
    async logout(provider) {
      for (const it of provider ? [provider] : [...open.keys()]) {
        open.delete(it);
        states.delete(it);
      }
      await recorded(() => forgetLogins(provider));
    },
    isEmpty: () => open.size === 0,
  };
}

function loginOf(
  { saved: _, ...options }: LoginRequest["options"],
  { account, method, asks }: Identity,
  indexes: readonly LoginIndex[],
): Login {
  return { options, account, method, asks: asks === true, indexes };
}

const indexesOf = async (provider: Provider) =>
  (await readLogins().catch(() => [])).find((it) => it.options.provider === provider)?.indexes ?? [];

/** What an earlier login named stays, unless the new one names it too. */
const merged = (before: readonly LoginIndex[], now: readonly LoginIndex[]) => [
  ...before.filter((it) => !now.some(({ url, name, format }) => url === it.url || (name === it.name && format === it.format))),
  ...now,
];

/** Opens what the record tells of, if that asks nobody. */
async function reopen(provider: Provider): Promise<Identity> {
  const login = (await readLogins()).find(({ options }) => options.provider === provider);
  if (!login) throw notLoggedIn(provider);
  if (login.asks) throw new AuthError(`the ${provider} login has ended; run \`cockpit auth login ${provider}\` again`);
  return openIdentity(login.options);
}

function stateOf({ provider, account, method, expiresAt }: Identity): KeptState {
  const at = expiresAt?.();
  return { provider, account, method, ...(at === undefined ? {} : { expiresAt: at }) };
}
