/** How pip is given credentials: by the user name in an address, for which it asks a keyring; on Windows with the password, too. */
import type { Handover, Variables } from "../environment.ts";
import { addressWith } from "../indexes/address.ts";
import { fromLogin } from "../indexes/configured.ts";
import type { PipConfiguration } from "../indexes/pip.ts";
import type { PackageIndex } from "../package-index.ts";

/** A variable replaces a file's list as a whole, so each list that has an index of ours is named in full. */
export function pipVariables({ indexes }: PipConfiguration, handovers: ReadonlyMap<string, Handover>, hasKeyring: boolean): Variables {
  const isOurs = (it: PackageIndex) => handovers.has(it.url) || it.from === fromLogin;
  const address = ({ url, credential }: PackageIndex) => {
    const { username, secret } = handovers.get(url) ?? credential ?? {};
    return username === undefined ? url : addressWith(url, username, hasKeyring && username !== "" ? undefined : secret);
  };
  const lists = { PIP_INDEX_URL: indexes.filter((it) => it.isDefault), PIP_EXTRA_INDEX_URL: indexes.filter((it) => !it.isDefault) };
  const ours = Object.entries(lists).filter(([, its]) => its.some(isOurs));
  return Object.fromEntries(ours.map(([name, its]) => [name, its.map(address).join(" ")]));
}
