/** URIs of files. Editors write the same file in several ways (`%40` or `@`), so files are compared by their paths. */
import { sep } from "node:path";
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
