/** The shape of a day or a week, learnt online: a mean deviation for each slot of the cycle, which later cycles replace little by little. */

export interface Profile {
  /** Length of the cycle, ms. */
  readonly cycle: number;
  readonly means: number[];
  /** How many values each slot has seen. */
  readonly counts: number[];
}

const hour = 3_600_000;
export const day = 24 * hour;
export const week = 7 * day;

export function createProfile(cycle: number, slots: number): Profile {
  return { cycle, means: new Array<number>(slots).fill(0), counts: new Array<number>(slots).fill(0) };
}

export const slotOf = (profile: Profile, time: number) =>
  Math.min(profile.means.length - 1, Math.floor((phase(profile, time) / profile.cycle) * profile.means.length));

/** What the profile expects at that time, between the middles of two slots; undefined where it has seen too little. */
export function expectedAt(profile: Profile, time: number): number | undefined {
  const slots = profile.means.length;
  const place = (phase(profile, time) / profile.cycle) * slots - 0.5;
  const left = (Math.floor(place) + slots) % slots;
  const right = (left + 1) % slots;
  const [a, b] = [profile.means[left] ?? 0, profile.means[right] ?? 0];
  const [seenA, seenB] = [(profile.counts[left] ?? 0) > 0, (profile.counts[right] ?? 0) > 0];
  if (!seenA || !seenB) return seenA ? a : seenB ? b : undefined;
  return a + (b - a) * (place - Math.floor(place));
}

/** `least` is the share by which a value moves its slot at least, however much it has seen. */
export function learnAt(profile: Profile, time: number, value: number, least: number): void {
  const slot = slotOf(profile, time);
  const count = (profile.counts[slot] ?? 0) + 1;
  profile.counts[slot] = count;
  const mean = profile.means[slot] ?? 0;
  profile.means[slot] = mean + (value - mean) * Math.max(least, 1 / count);
}

const phase = (profile: Profile, time: number) => ((time % profile.cycle) + profile.cycle) % profile.cycle;
