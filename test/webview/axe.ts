/** What axe-core finds wrong with a page for people who use assistive technology. */
import axe from "axe-core";
import type { Frame, Page } from "playwright-core";
import * as z from "zod";

const results = z.object({
  violations: z.array(
    z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }),
  ),
});

/** A line each; empty when all is well. The page's policy lets no script of others in, so it comes by the debugger. */
export async function axeProblems(page: Page | Frame): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = results.parse(await page.evaluate("axe.run(document, { resultTypes: ['violations'] })"));
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((it) => `${id}: ${help}: ${it.html.slice(0, 200)} ${it.failureSummary ?? ""}`),
  );
}
