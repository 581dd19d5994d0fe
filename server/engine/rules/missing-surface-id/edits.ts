/** Ids and edits that both components and messages need. */
import type { ObjectLiteral } from "../../facts.ts";
import type { Edit } from "../../finding.ts";
import { fingerprint, type Ids, pathStem, slug } from "../../ids.ts";
import type { SourceFile } from "../../source.ts";

/** An id for the surface that `what` in `file` draws. */
export function freshId({ path }: SourceFile, what: string, ids: Ids): string {
  const stem = pathStem(path);
  // A taken stem is how the linker says that another file has the same one.
  return ids.take(`${ids.isTaken(stem) ? `${stem}-${fingerprint(path)}` : stem}-${slug(what)}`);
}

export const quoted = (id: string, quote: string) => `${quote}${id}${quote}`;

/** Puts `property` first in an object or dictionary, laid out as the others are. */
export function propertyEdit({ start, end, properties }: ObjectLiteral, text: string, property: string): Edit {
  const [first] = properties;
  const at = start + 1;
  if (!first) {
    // Comments stay.
    const isEmpty = text.slice(at, end - 1).trim() === "";
    return { start: at, end: isEmpty ? end - 1 : at, text: isEmpty || !/\s/.test(text.charAt(at)) ? ` ${property} ` : ` ${property}` };
  }
  const gap = text.slice(at, first.start);
  return {
    start: at,
    end: at,
    text: `${/^\s*$/.test(gap) ? gap : " "}${property},${/^\s/.test(gap) ? "" : " "}`,
  };
}
