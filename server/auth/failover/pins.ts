/** Hashes in requirements files, and which index they came from. */
import type { Pin } from "./locks.ts";
import { readRequirement } from "./requirement.ts";
import { readRequirementsFile } from "./requirements-file.ts";

/** A hash alone says nothing of an origin: the file must name one index, or the annotation below the requirement. */
export function pinsOfRequirements(text: string): Pin[] {
  const { lines, indexUrl, moreIndexes } = readRequirementsFile(text);
  const only = moreIndexes.length === 0 ? indexUrl : undefined;
  return lines.flatMap(({ text: requirement, hashed, from }) => {
    const read = readRequirement(requirement);
    if (!read || !("name" in read)) return [];
    const origin = from ?? only;
    return [{ name: read.name, local: false, hashed, ...(origin === undefined ? {} : { origin }) }];
  });
}
