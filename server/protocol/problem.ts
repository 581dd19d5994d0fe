import * as z from "zod";

/** Instead of an answer: why it did not work and what to do next, a sentence or two for people. */
export const problem = z.object({ problem: z.string() });
