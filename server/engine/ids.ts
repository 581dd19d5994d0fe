/** Ids that a fix proposes: readable, the same on every run, and not taken. */

/** `text` in lower-case words joined by `-`; empty when it has no ASCII letter or digit. */
export function slug(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replace(/([A-Z\d]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z\d]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

export interface Ids {
  isTaken(id: string): boolean;
  /** `base`, or the first of `base-2`, `base-3`, … that is not taken. It is taken from then on. */
  take(base: string): string;
}

export function createIds(...taken: readonly ReadonlySet<string>[]): Ids {
  const given = new Set<string>();
  /** By base, the last ordinal that was given: all before it are taken. */
  const last = new Map<string, number>();
  const isTaken = (id: string) => given.has(id) || taken.some((it) => it.has(id));
  return {
    isTaken,
    take(base) {
      let ordinal = last.get(base) ?? 0;
      let id = base;
      do id = ++ordinal === 1 ? base : `${base}-${ordinal}`;
      while (isTaken(id));
      last.set(base, ordinal);
      given.add(id);
      return id;
    },
  };
}

/** Folder and file names that say nothing about what is in them. */
const plainNames = new Set(["src", "app", "apps", "lib", "packages", "components", "pages", "index", "page", "main"]);

/** The start of ids for a file: its path without extension and without names that say nothing. */
export function pathStem(path: string): string {
  const names = path
    .replace(/\.\w+$/, "")
    .split("/")
    .map(slug)
    .filter(Boolean);
  const telling = names.filter((it) => !plainNames.has(it));
  return (telling.length > 0 ? telling : names.slice(-1)).join("-") || "file";
}

/** Eight characters that tell two texts apart, for stems that would be equal (FNV-1a). */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
