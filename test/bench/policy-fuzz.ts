/**
 * Random policies and inputs, whole and broken, given to the policy engines of Python, TypeScript and Go, which must agree to the byte.
 * `npm run bench -- policy-fuzz [--pairs 120000] [--seed 1]`; exits with 1 when they disagree or a reason never occurs.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { layOutEngines } from "../policy/engines.ts";
import { codes, fuzz } from "../policy/fuzz.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "120000" }, seed: { type: "string", default: "1" } } });
const home = await mkdtemp(join(tmpdir(), "cockpit-policy-"));
try {
  await layOutEngines(home);
  const total: Record<string, number> = {};
  let differ = 0;
  // In parts, so that texts and verdicts of all fit into memory.
  const part = 20_000;
  for (let done = 0; done < Number(values.pairs); done += part) {
    const { disagreements, histogram } = await fuzz(home, Math.min(part, Number(values.pairs) - done), Number(values.seed) + done);
    for (const [code, count] of Object.entries(histogram)) total[code] = (total[code] ?? 0) + count;
    for (const it of disagreements.slice(0, 5)) console.log(it.pair, it.verdicts);
    differ += disagreements.length;
  }
  console.table(total);
  console.log(`${values.pairs} pairs, seed ${values.seed}: ${differ} verdicts differ`);
  process.exitCode = differ > 0 || codes.some((it) => !total[it]) ? 1 : 0;
} finally {
  await rm(home, { recursive: true });
}
