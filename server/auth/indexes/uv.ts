/** The indexes that uv is configured to use: https://docs.astral.sh/uv/concepts/indexes/. */
import type { Credential, PackageIndex } from "../package-index.ts";
import { addressKey, nameOf, splitAddress } from "./address.ts";
import type { Machine } from "./machine.ts";
import type { TomlTable } from "./toml.ts";
import { type ListedIndex, mergeLayers, tableIndexes, type UvPlace, uvLayers } from "./uv-files.ts";

export interface UvIndex extends PackageIndex {
  /** Whether its name is the configuration's: what is set for a name in the environment reaches it. */
  isNamed: boolean;
}

export interface UvConfiguration {
  indexes: UvIndex[];
  /** All files as one, paths absolute. */
  table: TomlTable;
  isConfigured: boolean;
}

export async function readUv(machine: Machine, place: UvPlace): Promise<UvConfiguration> {
  const layers = await uvLayers(machine, place);
  const listed = [
    ...environmentIndexes(machine),
    ...layers.flatMap(({ path, table }) => tableIndexes(table).map((it) => ({ ...it, from: path }))),
  ];
  const hasDefault = listed.some((it) => it.isDefault);
  const all = hasDefault ? listed : [...listed, publicDefault];
  return { indexes: toIndexes(all, machine), table: mergeLayers(layers), isConfigured: listed.length > 0 };
}

interface Listed extends ListedIndex {
  from: string;
}

const publicDefault: Listed = { address: "https://pypi.org/simple", isDefault: true, isExplicit: false, from: "uv's own default" };

/** Variables win over files; `UV_INDEX` may name its indexes, `name=address`. */
function environmentIndexes({ env }: Machine): Listed[] {
  const words = (name: string) => (env[name] ?? "").split(/\s+/).filter(Boolean);
  const named = (from: string, isDefault: boolean) =>
    words(from).map((word): Listed => {
      const [, name, address] = /^([\w.-]+)=(.+)$/.exec(word) ?? [];
      return { address: address ?? word, isDefault, isExplicit: false, from, ...(name === undefined ? {} : { name }) };
    });
  const plain = (from: string, isDefault: boolean) =>
    words(from).map((address): Listed => ({ address, isDefault, isExplicit: false, from }));
  return [
    ...named("UV_INDEX", false),
    ...plain("UV_EXTRA_INDEX_URL", false),
    ...named("UV_DEFAULT_INDEX", true),
    ...plain("UV_INDEX_URL", true),
  ];
}

/** An index that several places name is one; only the first default counts as such. */
function toIndexes(listed: readonly Listed[], machine: Machine): UvIndex[] {
  const main = listed.find((it) => it.isDefault);
  const byAddress = Map.groupBy(listed, ({ address }) => addressKey(address));
  const taken = new Set(listed.flatMap(({ name }) => name ?? []));
  return [...byAddress.values()].flatMap((same): UvIndex[] => {
    const [first] = same;
    if (!first) return [];
    const { url } = splitAddress(first.address);
    const own = same.find(({ name }) => name !== undefined)?.name;
    const name = own ?? nameOf(url, taken);
    taken.add(name);
    const credential = same.map(({ address }) => splitAddress(address).credential).find(Boolean) ?? environmentCredential(name, machine);
    return [
      {
        name,
        isNamed: own !== undefined,
        tool: "uv",
        format: "pypi",
        url,
        isDefault: main !== undefined && same.includes(main),
        from: first.from,
        ...(same.every((it) => it.isExplicit) ? { explicit: true } : {}),
        ...(credential ? { credential } : {}),
        ...(machine.env.SSL_CERT_FILE ? { ca: machine.env.SSL_CERT_FILE } : {}),
      },
    ];
  });
}

/** `UV_INDEX_MY_TEAM` of an index `my-team`. */
export const uvVariable = (name: string): string => `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;

function environmentCredential(name: string, { env }: Machine): Credential | undefined {
  const secret = env[`${uvVariable(name)}_PASSWORD`];
  return secret === undefined ? undefined : { username: env[`${uvVariable(name)}_USERNAME`] ?? "", secret };
}
