import * as z from "zod";

export const invoice = z.object({
  number: z.string(),
  date: z.iso.date(),
  currency: z.string().length(3),
  total: z.number().nonnegative(),
});

export type Invoice = z.infer<typeof invoice>;

/** What the model is told of an answer that is no invoice. */
export function mistakes(error: z.ZodError): string {
  return error.issues.map((it) => `The ${it.path.join(".")} is wrong: ${it.message}.`).join(" ");
}
