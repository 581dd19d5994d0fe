import * as z from "zod";

export const invoice = z.object({
  number: z.string(),
  date: z.iso.date(),
  currency: z.string().length(3),
  total: z.number().nonnegative(),
});

export type Invoice = z.infer<typeof invoice>;
