/** How pip is given credentials: in addresses that only the environment holds. */
import type { Handover, Variables } from "../environment.ts";
import { addressWith } from "../indexes/address.ts";
import { fromLogin } from "../indexes/configured.ts";
import type { PipConfiguration } from "../indexes/pip.ts";
import type { PackageIndex } from "../package-index.ts";

/** A variable replaces a file's list as a whole, so each list that has an index of ours is named in full. */
export function pipVariables({ indexes }: PipConfiguration, handovers: ReadonlyMap<string, Handover>): Variables {
  const isOurs = (it: PackageIndex) => handovers.has(it.url) || it.from === fromLogin;
  const address = ({ url, credential }: PackageIndex) => {
    const { username, secret } = handovers.get(url) ?? credential ?? {};
    return username === undefined ? url : addressWith(url, username, secret);
  };
  const lists = { PIP_INDEX_URL: indexes.filter((it) => it.isDefault), PIP_EXTRA_INDEX_URL: indexes.filter((it) => !it.isDefault) };
  const ours = Object.entries(lists).filter(([, its]) => its.some(isOurs));
  return Object.fromEntries(ours.map(([name, its]) => [name, its.map(address).join(" ")]));
}
