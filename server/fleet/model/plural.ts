/** How many of something, in words. */

/** `1 agent`, `1,200 agents`. */
export const plural = (count: number, noun: string, nouns = `${noun}s`): string => `${whole.format(count)} ${count === 1 ? noun : nouns}`;

/** Made once: it is asked in each frame. */
const whole = new Intl.NumberFormat("en-US");
