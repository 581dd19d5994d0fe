import { readFile } from "node:fs/promises";
import { messageOf } from "../protocol/message-of.ts";
import { ManifestError } from "./manifests/manifest.ts";

/** `undefined` when there is no such file. Throws a ManifestError when there is one that cannot be read as text. */
export async function textAt(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw new ManifestError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
