/**
 * What tools find in their environment so that they can reach private indexes. Their own configuration stays what it was; what is added holds credentials in variables only, never in a
 * file. uv and pip get the user name, and a `keyring` that gives the password to the right address alone: at once to a tool that fetches and ends, asked for anew each time by what may go on
 * for longer (a shell, `make`).
 */

import { goVariables } from "./environment/go.ts";
import { keyringVariables } from "./environment/keyring.ts";
import { npmVariables } from "./environment/npm.ts";
import { pipVariables } from "./environment/pip.ts";
import { uvVariables } from "./environment/uv.ts";
import { type Configuration, indexesOf } from "./indexes/configured.ts";
import type { Environment, Machine } from "./indexes/machine.ts";
import type { Credential, PackageIndex } from "./package-index.ts";
import type { Temporary } from "./temporary.ts";

export interface EnvironmentOptions {
  configuration: Configuration;
  /** By an index's address. */
  credentials: ReadonlyMap<string, Credential>;
  temporary: Temporary;
  machine: Machine;
  /** How the cockpit is started: program and first arguments. */
  cockpit: readonly string[];
  /** Whether the environment is for one tool that fetches and ends, so that no credential has to outlive its time. */
  isBrief: boolean;
  /** Whether uv may be given a configuration file; not when the command line chooses one. */
  mayConfigureUv: boolean;
  /** In the names of variables that hold secrets, so that no file of a repository can name one. */
  mark: string;
}

export type Variables = Record<string, string>;

/** How a tool comes by what an index takes. */
export interface Handover {
  username: string;
  /** Absent when a keyring is asked for it. */
  secret?: string;
}

/** Variables to set, beside those that are there. Empty when no index has a credential and none was named at login. */
export function toolEnvironment(options: EnvironmentOptions): Variables {
  const { configuration, credentials, temporary, machine, cockpit, isBrief, mayConfigureUv, mark } = options;
  const { uv, pip, npm, go } = configuration;
  // There uv finds no script of that name.
  const hasKeyring = machine.platform !== "win32";
  const handovers = handoversOf(credentials, hasKeyring);
  const secretName = (tool: string) => (number: number) => `COCKPIT_${tool}_${mark}_${number}`;
  const forPython = {
    ...(uv && uvVariables(uv, handovers, { temporary, env: machine.env, hasFile: isBrief && mayConfigureUv, hasKeyring })),
    ...(pip && pipVariables(pip, handovers, hasKeyring)),
  };
  const hasPython = Object.keys(forPython).length > 0;
  return {
    ...forPython,
    ...(hasKeyring && hasPython
      ? keyringVariables({
          temporary,
          env: machine.env,
          cockpit,
          answers: pythonCredentials(configuration, isBrief ? credentials : new Map()),
          secretName: secretName("PYTHON"),
        })
      : {}),
    ...(npm && npmVariables(npm, credentials, { temporary, env: machine.env, isBrief, secretName: secretName("NPM") })),
    ...(go && goVariables(go, credentials, cockpit)),
  };
}

/** The indexes that somebody has to be asked about: those that the person's own configuration has a credential for are left alone. */
export const openIndexes = (configuration: Configuration): PackageIndex[] => indexesOf(configuration).filter((it) => !it.credential);

/** What the keyring answers at once: ours, and what the person's own addresses hold. */
function pythonCredentials({ uv, pip }: Configuration, credentials: ReadonlyMap<string, Credential>): Map<string, Credential> {
  const found = [...(uv?.indexes ?? []), ...(pip?.indexes ?? [])].flatMap(({ url, credential }): [string, Credential][] => {
    const ours = credentials.get(url);
    if (ours) return [[url, { ...ours, username: ours.username || bearerName }]];
    return credential && credential.username !== "" ? [[url, credential]] : [];
  });
  return new Map(found);
}

function handoversOf(credentials: ReadonlyMap<string, Credential>, hasKeyring: boolean): Map<string, Handover> {
  const handover = ({ username, secret }: Credential): Handover => ({
    username: username || bearerName,
    ...(hasKeyring ? {} : { secret }),
  });
  return new Map([...credentials].map(([url, it]) => [url, handover(it)]));
}

/** Where an index takes a token alone, any name will do: https://packaging.python.org/en/latest/specifications/pypirc/. */
const bearerName = "__token__";

/** An environment with these variables, in which no other spelling of a name contradicts them. */
export function withVariables(env: Environment, variables: Variables): Record<string, string> {
  const names = new Set(Object.keys(variables).map((it) => it.toLowerCase()));
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || names.has(name.toLowerCase()) ? [] : [[name, value]],
  );
  return { ...Object.fromEntries(kept), ...variables };
}
