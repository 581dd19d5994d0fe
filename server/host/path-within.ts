import { relative, sep } from "node:path";

/** `path` below `folder`, `/`-separated; `undefined` when it is not below. */
export function pathWithin(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === "" || found === ".." || found.startsWith(`..${sep}`) || /^[a-zA-Z]:/.test(found)
    ? undefined
    : found.split(sep).join("/");
}
