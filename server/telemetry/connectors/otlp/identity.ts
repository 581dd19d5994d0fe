/** Ids for what has none of its own: a digest of what was written. */
import { createHash } from "node:crypto";

/** As a sender wrote it, in whichever encoding. */
export type Raw = string | Uint8Array;

export const digest = (...parts: readonly Raw[]): string => digestOf(parts);

/** However many they are. */
export function digestOf(parts: readonly Raw[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(`${part.length}:`).update(part);
  return sum.digest("base64url");
}
