/** Texts of requests. Names of attributes, models and agents come with every span: those that are short are decoded once, and are the same string each time. */

/** What lies between these places of the bytes, as UTF-8. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  if (end - start > longest) return bytes.toString("utf8", start, end);
  const place = placeOf(bytes, start, end);
  const known = kept[place];
  if (known && isSame(known.bytes, bytes, start, end)) return known.text;
  const text = bytes.toString("utf8", start, end);
  kept[place] = { bytes: new Uint8Array(bytes.subarray(start, end)), text };
  return text;
}

const longest = 64;
/** A power of two. What falls onto the same place drives out what was there, so that senders who make up names fill no memory. */
const places = 4096;
const kept: ({ bytes: Uint8Array; text: string } | undefined)[] = Array(places).fill(undefined);

function placeOf(bytes: Buffer, start: number, end: number): number {
  let sum = end - start;
  for (let i = start; i < end; i++) sum = (Math.imul(sum, 31) + (bytes[i] ?? 0)) | 0;
  return sum & (places - 1);
}

function isSame(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = start; i < end; i++) if (known[i - start] !== bytes[i]) return false;
  return true;
}
