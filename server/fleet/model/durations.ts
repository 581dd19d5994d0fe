/** How long calls took, as counts on a logarithmic scale: a byte for each of 96 buckets, five to a doubling, from 1 ms to nine minutes. */

export const buckets = 96;
const perDoubling = 5;
const most = 255;

/** Adds a duration in milliseconds to the counts that begin at `from`. When a byte is full all are halved: their shape stays. */
export function count(counts: Uint8Array, from: number, ms: number): void {
  const at = from + bucketOf(ms);
  if (counts[at] === most) for (let i = 0; i < buckets; i++) counts[from + i] = ((counts[from + i] ?? 0) + (i & 1)) >> 1;
  counts[at] = (counts[at] ?? 0) + 1;
}

const bucketOf = (ms: number) => (ms < 1 ? 0 : Math.min(buckets - 1, 1 + Math.floor(Math.log2(ms) * perDoubling)));

/** The 95th percentile of several counts together, in milliseconds; `null` of none. Within a bucket a call is taken to be where its rank says: exact to 8 %. */
export function p95Of(counts: Uint8Array, froms: readonly number[]): number | null {
  sums.fill(0);
  let total = 0;
  for (const from of froms)
    for (let i = 0; i < buckets; i++) {
      const here = counts[from + i] ?? 0;
      sums[i] = (sums[i] ?? 0) + here;
      total += here;
    }
  return total === 0 ? null : valueAt(Math.ceil(total * 0.95));
}

/** Made once: a p95 is asked for all the time. */
const sums = new Uint16Array(buckets);

function valueAt(rank: number): number | null {
  let below = 0;
  for (let i = 0; i < buckets; i++) {
    const here = sums[i] ?? 0;
    if (below + here >= rank) return valueIn(i, (rank - below - 0.5) / here);
    below += here;
  }
  return null;
}

const valueIn = (bucket: number, part: number) => (bucket === 0 ? 1 : 2 ** ((bucket - 1 + part) / perDoubling));

/** A p95 in one byte, to 3 %; 0 is none. */
export const codeOf = (ms: number | null): number =>
  ms === null ? 0 : Math.min(most, 1 + Math.max(0, Math.round(Math.log2(ms) * perCode)));
export const valueOfCode = (code: number): number | null => (code === 0 ? null : 2 ** ((code - 1) / perCode));
const perCode = 12;
