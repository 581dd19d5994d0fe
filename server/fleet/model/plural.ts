/** How many of something, in words. */

/** `1 agent`, `1,200 agents`. */
export const plural = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
