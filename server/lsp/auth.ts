/** Logins for an editor: identities live here as long as the server does; what outlives it is the client's to keep, as secrets. */
import { parse } from "node:path";
import type { CancellationToken } from "vscode-languageserver/node";
import { openIndexes, toolEnvironment } from "../auth/environment.ts";
import { isEverybodys } from "../auth/failover/names.ts";
import { openIdentity } from "../auth/identities/open.ts";
import { AuthError, type Identity, type TimedCredential } from "../auth/identity.ts";
import { type Configuration, indexesOf, readConfiguration } from "../auth/indexes/configured.ts";
import { thisMachine } from "../auth/indexes/machine.ts";
import type { PackageIndex } from "../auth/package-index.ts";
import { probeAs } from "../auth/probe.ts";
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
export function registerAuth({ connection, support, folders, log }: Session): { close(): void } {
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

  async function credentialsFor(indexes: readonly PackageIndex[]): Promise<Map<string, TimedCredential | AuthError>> {
    const found = await Promise.all(
      indexes.map(async (index): Promise<[string, TimedCredential | AuthError][]> => {
        const login = loginFor(index);
        if (!login) return [];
        try {
          return [[index.url, await login.identity.credential(index)]];
        } catch (error) {
          if (!(error instanceof AuthError)) throw error;
          return [[index.url, error]];
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
    const wanted = await Promise.all(
      folders.workspace.map(async (folder) => {
        const configuration = await configurationOf(folder);
        return { folder, configuration, answers: [...(await credentialsFor(openIndexes(configuration)))] };
      }),
    );
    const variables = (configuration: Configuration, answers: readonly [string, TimedCredential | AuthError][]) =>
      toolEnvironment({
        configuration,
        credentials: new Map(answers.flatMap(([url, it]) => (it instanceof AuthError ? [] : [[url, it]]))),
        temporary: opened(),
        machine,
        cockpit: [],
        isBrief: true,
        mayConfigureUv: false,
        mark,
      });
    return {
      logins: [...logins].map(([provider, { identity }]) => stateOf(provider, identity)),
      folders: wanted.map(({ folder, configuration, answers }) => ({ uri: folder.uri, variables: variables(configuration, answers) })),
      problems: wanted.flatMap(({ answers }) => answers.flatMap(([url, it]) => (it instanceof AuthError ? [`${url}: ${it.message}`] : []))),
    };
  }

  async function privateIndexes(): Promise<PrivateIndexes> {
    const all = (await Promise.all(folders.workspace.map(configurationOf))).flatMap(openIndexes);
    const unique = [...new Map(all.filter(isPrivate).map((it) => [it.url, it])).values()];
    return { indexes: unique.map(({ url, from }) => ({ url, from, provider: providerOf(url) ?? null })) };
  }

  /** Nobody asked for it. A workspace's file could name any host, and any variable as what goes there: what it adds to the person's own configuration gets no credential of that. */
  async function askedAtStart(configured: readonly PackageIndex[]): Promise<PackageIndex[]> {
    const isOff = support.configuration && (await connection.workspace.getConfiguration("cockpit.registries.checkAtStart")) === false;
    if (isOff) return [];
    const own = await readConfiguration({ folder: parse(process.cwd()).root, machine: thisMachine(process.env) });
    const known = new Set(indexesOf(own).map(keyOf));
    return configured.filter((it) => isPrivate(it) && (!it.credential || known.has(keyOf(it))));
  }

  async function registryStates({ atStart }: CheckRegistriesParams, token: CancellationToken): Promise<RegistryStates> {
    const configured = (await Promise.all(folders.workspace.map(configurationOf))).flatMap(indexesOf);
    const all = atStart ? await askedAtStart(configured) : configured;
    const unique = [...new Map(all.map((it) => [keyOf(it), it])).values()];
    const credentials = await credentialsFor(unique);
    const signal = signalOf(token);
    const probes = await Promise.all(unique.map((index) => probeAs(credentials, index, { packages: [], signal })));
    return { indexes: probes.map(({ index: { name, tool, url }, verdict, detail, next }) => ({ name, tool, url, verdict, detail, next })) };
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

const isPrivate = ({ url }: PackageIndex) => !isEverybodys(url, process.env);

const keyOf = ({ tool, url }: PackageIndex) => `${tool} ${url}`;

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
