/**
 * Makes templates/data/model_prices.json from the price list that LiteLLM publishes (MIT): the models of OpenAI, Anthropic and Google that take or give text.
 * `node scripts/update-prices.ts LIST.json YYYY-MM-DD SOURCE`, where SOURCE says which list it was.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const cost = z.number().nonnegative().optional();
const entry = z.object({
  litellm_provider: z.string().optional(),
  mode: z.string().optional(),
  input_cost_per_token: cost,
  output_cost_per_token: cost,
  cache_read_input_token_cost: cost,
});

/** Of LiteLLM's names for providers, those whose models have their plain names. */
const providers = new Set(["openai", "text-completion-openai", "anthropic", "gemini"]);
const modes = new Set(["chat", "responses", "completion", "embedding"]);

/** US dollars for a million tokens, without what floating point adds. */
const perMillion = (perToken: number) => Number((perToken * 1e6).toPrecision(10));

function pricesOf(list: Record<string, unknown>) {
  const models = Object.entries(list).flatMap(([name, value]) => {
    const { data } = entry.safeParse(value);
    if (!data || !providers.has(data.litellm_provider ?? "") || !modes.has(data.mode ?? "") || name.startsWith("ft:")) return [];
    const { input_cost_per_token: input, output_cost_per_token: output, cache_read_input_token_cost: cached } = data;
    // A price of nothing for both is a price that is not known.
    if (input === undefined || (input === 0 && !output)) return [];
    const price = {
      input: perMillion(input),
      ...(cached === undefined ? {} : { cachedInput: perMillion(cached) }),
      output: perMillion(output ?? 0),
    };
    return [[name.replace(/^(?:openai|anthropic|gemini)\//, ""), price] as const];
  });
  return Object.fromEntries(models.filter(([name]) => !name.includes("/")).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const [file, date, source] = process.argv.slice(2);
if (file === undefined || !/^\d{4}-\d\d-\d\d$/.test(date ?? "") || source === undefined) {
  console.error("usage: node scripts/update-prices.ts LIST.json YYYY-MM-DD SOURCE");
  process.exit(2);
}
const models = pricesOf(z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, "utf8"))));
const target = join(import.meta.dirname, "../templates/data/model_prices.json");
writeFileSync(target, `${JSON.stringify({ version: 1, date, source, models }, null, 2)}\n`);
console.log(`${Object.keys(models).length} models`);
