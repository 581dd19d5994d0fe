/** How uv is given credentials: by an index's name, or in an address that only the environment holds. */
import { stringify } from "smol-toml";
import type { Handover, Variables } from "../environment.ts";
import { addressKey, addressWith, holdsPassword, splitAddress } from "../indexes/address.ts";
import { fromLogin } from "../indexes/configured.ts";
import type { Environment } from "../indexes/machine.ts";
import { type UvConfiguration, type UvIndex, uvVariable } from "../indexes/uv.ts";
import { withNamedIndexes } from "../indexes/uv-files.ts";
import type { Temporary } from "../temporary.ts";

export interface UvOptions {
  temporary: Temporary;
  env: Environment;
  /** Whether a configuration file is wanted: it speaks for one project, so a shell that may go to another gets none. */
  hasFile: boolean;
  /** Whether a keyring has the passwords. */
  hasKeyring: boolean;
}

export function uvVariables(configuration: UvConfiguration, handovers: ReadonlyMap<string, Handover>, options: UvOptions): Variables {
  const wanted = configuration.indexes.filter((it) => handovers.has(it.url) || it.from === fromLogin);
  if (wanted.length === 0) return {};
  const file = options.hasFile ? configurationFile(configuration, options) : undefined;
  const inFile = (it: UvIndex) => file !== undefined && !isVariable(it.from);
  const named = wanted.filter((it) => it.isNamed || inFile(it));
  const unnamed = wanted.filter((it) => !named.includes(it));
  return {
    ...(file === undefined ? {} : { UV_CONFIG_FILE: file }),
    ...Object.fromEntries(named.flatMap((it) => nameVariables(it, handovers.get(it.url)))),
    ...(file === undefined ? {} : ownCredentials(configuration, options)),
    ...addressVariables(unnamed, handovers, options.env),
  };
}

const isVariable = (from: string) => from.startsWith("UV_");

function nameVariables({ name }: UvIndex, handover: Handover | undefined): [string, string][] {
  if (!handover) return [];
  const { username, secret } = handover;
  const password: [string, string][] = secret === undefined ? [] : [[`${uvVariable(name)}_PASSWORD`, secret]];
  return [[`${uvVariable(name)}_USERNAME`, username], ...password];
}

/** Every file of the person's as one, each index with a name. None when it would hold a secret that no variable can take out of it. */
function configurationFile({ table, indexes }: UvConfiguration, { temporary }: UvOptions): string | undefined {
  const inFiles = indexes.filter(({ from }) => !isVariable(from));
  const names = new Map(inFiles.map(({ url, name }) => [addressKey(url), name]));
  const settings = withNamedIndexes(table, names, (address) => splitAddress(address).url);
  const added = inFiles.filter(({ from }) => from === fromLogin).map(({ name, url, isDefault }) => ({ name, url, default: isDefault }));
  const text = stringify(added.length > 0 ? { ...settings, index: added } : settings);
  return holdsPassword(text) ? undefined : temporary.write("uv.toml", text);
}

/** What stands in addresses of the person's files goes the same way: our file does not hold it. */
function ownCredentials({ indexes }: UvConfiguration, { hasKeyring }: UvOptions): Variables {
  const own = indexes.flatMap((it): [string, string][] => {
    if (!it.credential || isVariable(it.from)) return [];
    return nameVariables(it, hasKeyring ? { username: it.credential.username } : it.credential);
  });
  return Object.fromEntries(own);
}

/** `UV_INDEX_URL` and `UV_EXTRA_INDEX_URL`: unlike `UV_INDEX`, these never make `uv add` write an index into a project. */
function addressVariables(indexes: readonly UvIndex[], handovers: ReadonlyMap<string, Handover>, env: Environment): Variables {
  const address = ({ url }: UvIndex) => {
    const handover = handovers.get(url);
    return handover ? addressWith(url, handover.username, handover.secret) : url;
  };
  const rewritten = Map.groupBy(indexes, ({ from, isDefault }) =>
    isVariable(from) ? from : isDefault ? "UV_INDEX_URL" : "UV_EXTRA_INDEX_URL",
  );
  return Object.fromEntries([...rewritten].map(([name, its]) => [name, replaced(env[name] ?? "", its, address)]));
}

/** A variable's addresses with those that we know better, and the new ones after them. */
function replaced(value: string, indexes: readonly UvIndex[], address: (index: UvIndex) => string): string {
  const words = value.split(/\s+/).filter(Boolean);
  const key = (word: string) => addressKey(word.replace(/^[\w.-]+=/, ""));
  const known = words.map((word) => {
    const index = indexes.find(({ url }) => addressKey(url) === key(word));
    return index ? address(index) : word;
  });
  const fresh = indexes.filter(({ url }) => !words.some((word) => key(word) === addressKey(url)));
  return [...known, ...fresh.map(address)].join(" ");
}
