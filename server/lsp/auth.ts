/** Logins for an editor: identities live here as long as the server does; what outlives it is the client's to keep, as secrets. */
import type { CancellationToken } from "vscode-languageserver/node";
import { openIndexes, toolEnvironment } from "../auth/environment.ts";
import { isPublicOrigin } from "../auth/failover/names.ts";
import { openIdentity } from "../auth/identities/open.ts";
import { AuthError, type Identity, type TimedCredential } from "../auth/identity.ts";
import { type Configuration, indexesOf, readConfiguration } from "../auth/indexes/configured.ts";
import { thisMachine } from "../auth/indexes/machine.ts";
import type { PackageIndex } from "../auth/package-index.ts";
import { probe } from "../auth/probe.ts";
import { providerOf, type TrustedIndex } from "../auth/provider-of.ts";
import { openTemporary, randomMark, removeLeftovers, type Temporary } from "../auth/temporary.ts";
import type { Provider } from "../protocol/auth.ts";
import {
  type CheckRegistriesParams,
  checkRegistriesMethod,
  checkRegistriesParamsSchema,
  environmentMethod,
  indexesMethod,
  type LoginAnswer,
  type LoginParams,
  loginMethod,
  loginParamsSchema,
  loginPromptMethod,
  logoutMethod,
  logoutParamsSchema,
  type PrivateIndexes,
  type RegistryStates,
  type TerminalEnvironment,
} from "../protocol/auth-messages.ts";
import type { Folder } from "./folders.ts";
import type { Session } from "./session.ts";

interface OpenLogin {
  identity: Identity;
  trusted: TrustedIndex[];
}

/** `close` removes what terminals were given as files. */
export function registerAuth({ connection, folders, log }: Session): { close(): void } {
  const logins = new Map<Provider, OpenLogin>();
  /** Terminals that are open go on with what they were given. */
  const given: Temporary[] = [];
  const mark = randomMark();

  async function logIn({ provider, profile, indexes, saved, asks }: LoginParams, token: CancellationToken): Promise<LoginAnswer> {
    const prompt = asks ? (it: object) => void connection.sendNotification(loginPromptMethod, it) : undefined;
    try {
      const identity = await openIdentity(
        { provider, ...(profile ? { profile } : {}), ...(saved ? { saved } : {}) },
        { ...(prompt ? { prompt } : {}), signal: signalOf(token) },
      );
      logins.set(provider, { identity, trusted: indexes.map((url) => ({ url, provider })) });
      const kept = identity.save?.();
      return { account: identity.account, method: identity.method, ...(kept ? { saved: kept } : {}) };
    } catch (error) {
      if (error instanceof AuthError) return { problem: error.message };
      throw error;
    }
  }

  /** Whose credential an index takes, of those who are logged in. */
  function loginFor({ url }: PackageIndex): OpenLogin | undefined {
    const provider = providerOf(
      url,
      [...logins.values()].flatMap((it) => it.trusted),
    );
    return provider && logins.get(provider);
  }

  async function credentialsFor(indexes: readonly PackageIndex[], problems: string[]): Promise<Map<string, TimedCredential>> {
    const found = await Promise.all(
      indexes.map(async (index): Promise<[string, TimedCredential][]> => {
        const login = loginFor(index);
        if (!login) return [];
        try {
          return [[index.url, await login.identity.credential(index)]];
        } catch (error) {
          if (!(error instanceof AuthError)) throw error;
          problems.push(`${index.url}: ${error.message}`);
          return [];
        }
      }),
    );
    return new Map(found.flat());
  }

  function opened(): Temporary {
    const temporary = openTemporary();
    given.push(temporary);
    return temporary;
  }

  const configurationOf = ({ path }: Folder) => readConfiguration({ folder: path, machine: thisMachine(process.env) });

  async function environment(): Promise<TerminalEnvironment> {
    // What it finds for the PATH is put before that of the terminal.
    const machine = thisMachine({ ...process.env, PATH: "" });
    const problems: string[] = [];
    const wanted = await Promise.all(
      folders.workspace.map(async (folder) => {
        const configuration = await configurationOf(folder);
        const credentials = await credentialsFor(openIndexes(configuration), problems);
        return { folder, configuration, credentials };
      }),
    );
    const variables = (configuration: Configuration, credentials: ReadonlyMap<string, TimedCredential>) =>
      toolEnvironment({
        configuration,
        credentials,
        temporary: opened(),
        machine,
        cockpit: [],
        isBrief: true,
        mayConfigureUv: false,
        mark,
      });
    return {
      logins: [...logins].map(([provider, { identity }]) => stateOf(provider, identity)),
      folders: wanted.map(({ folder, configuration, credentials }) => ({
        uri: folder.uri,
        variables: variables(configuration, credentials),
      })),
      problems,
    };
  }

  async function privateIndexes(): Promise<PrivateIndexes> {
    const all = (await Promise.all(folders.workspace.map(configurationOf))).flatMap(openIndexes);
    const unique = [...new Map(all.filter(isPrivate).map((it) => [it.url, it])).values()];
    return { indexes: unique.map(({ url, from }) => ({ url, from, provider: providerOf(url) ?? null })) };
  }

  async function registryStates({ onlyPrivate }: CheckRegistriesParams, token: CancellationToken): Promise<RegistryStates> {
    const configured = (await Promise.all(folders.workspace.map(configurationOf))).flatMap(indexesOf);
    const all = onlyPrivate ? configured.filter(isPrivate) : configured;
    const unique = [...new Map(all.map((it) => [`${it.tool} ${it.url}`, it])).values()];
    const credentials = await credentialsFor(unique, []);
    const probes = await Promise.all(
      unique.map((index) => {
        const credential = credentials.get(index.url) ?? index.credential;
        return probe(index, { ...(credential ? { credential } : {}), packages: [], signal: signalOf(token) });
      }),
    );
    return {
      indexes: probes.map(({ index: { name, tool, url }, verdict, detail, next }) => ({
        name,
        tool,
        url,
        verdict,
        detail,
        next: next ?? "",
      })),
    };
  }

  connection.onRequest<LoginAnswer, void>(loginMethod, (params: unknown, token: CancellationToken) =>
    logIn(loginParamsSchema.parse(params), token),
  );
  connection.onRequest(logoutMethod, (params: unknown) => {
    logins.delete(logoutParamsSchema.parse(params).provider);
    return environment();
  });
  connection.onRequest(environmentMethod, environment);
  connection.onRequest(indexesMethod, privateIndexes);
  connection.onRequest<RegistryStates, void>(checkRegistriesMethod, (params: unknown, token: CancellationToken) =>
    registryStates(checkRegistriesParamsSchema.parse(params), token),
  );
  void log.guard("what an earlier server left was not removed", () => removeLeftovers());
  return {
    close() {
      for (const it of given) it.remove();
    },
  };
}

const isPrivate = ({ url, format }: PackageIndex) => !isPublicOrigin(url, format, process.env);

function stateOf(provider: Provider, { account, method, expiresAt, save }: Identity): TerminalEnvironment["logins"][number] {
  const saved = save?.();
  return { provider, account, method, expiresAt: expiresAt?.() ?? null, ...(saved ? { saved } : {}) };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
