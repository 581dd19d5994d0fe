/** URIs of files. Editors write the same file in several ways (`%40` or `@`), so files are compared by their paths. */
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The absolute path of a `file:` URI, `undefined` for any other. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    const path = fileURLToPath(uri);
    return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
  } catch {
    // Malformed, or on a host that this machine cannot read from.
    return undefined;
  }
}

export const uriOf = (path: string): string => pathToFileURL(path).href;

/** `path` below `folder`, `/`-separated; `undefined` when it is not below. */
export function pathWithin(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === "" || found === ".." || found.startsWith(`..${sep}`) || /^[a-zA-Z]:/.test(found)
    ? undefined
    : found.split(sep).join("/");
}
