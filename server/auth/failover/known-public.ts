/** Which names are known to be public, and why: only these are ever sent to a public index. */

import type { Pin } from "./locks.ts";
import { canonical, type Environment, isPublicOrigin, type RetryFormat } from "./names.ts";

/** A pin and the file that holds it, as people know it. */
export interface LockedPin extends Pin {
  file: string;
}

export interface Evidence {
  /** What a person says is public: `publicPackages` of cockpit.json, `--public`. `npm:NAME` and `pypi:NAME` mean one of them alone. */
  listed: readonly string[];
  pins: readonly LockedPin[];
  env: Environment;
}

/** Name → why it is public, of those that are. */
export function knownPublic(names: readonly string[], format: RetryFormat, evidence: Evidence): Map<string, string> {
  const listed = new Set(evidence.listed.flatMap((it) => listedName(it, format)));
  const pins = Map.groupBy(evidence.pins, (it) => it.name);
  return new Map(
    names.flatMap((name): [string, string][] => {
      const why = own[format].includes(name)
        ? "the cockpit's own"
        : listed.has(name)
          ? "on your list of public packages"
          : pinned(pins.get(name) ?? [], format, evidence.env);
      return why === undefined ? [] : [[name, why]];
    }),
  );
}

const own: Record<RetryFormat, readonly string[]> = { pypi: ["agentops-cockpit"], npm: ["agentops-cockpit"] };

/** A name may hold commas when a flag lists several. */
function listedName(entry: string, format: RetryFormat): string[] {
  return entry.split(",").flatMap((it) => {
    const [, only, name = ""] = /^\s*(?:(npm|pypi):)?(.*?)\s*$/.exec(it) ?? [];
    return name === "" || (only !== undefined && only !== format) ? [] : [canonical(name, format)];
  });
}

/** Every pin of it must be by hash and from the public index: one from elsewhere says that the house has a package of this name. */
function pinned(pins: readonly LockedPin[], format: RetryFormat, env: Environment): string | undefined {
  const [first] = pins;
  const isPublic = ({ local, hashed, origin }: Pin) => !local && hashed && origin !== undefined && isPublicOrigin(origin, format, env);
  return first && pins.every(isPublic) ? `pinned by hash from the public index in ${first.file}` : undefined;
}
