/** A second extension that runs a Mocha suite inside the extension host and writes what came out to a file. */
import { writeFileSync } from "node:fs";
import type MochaClass from "mocha";
import { bystander } from "./bystander.ts";
import { trusted } from "./trusted.ts";
import { untrusted } from "./untrusted.ts";

export interface HostResult {
  title: string;
  /** What went wrong; absent when it passed. */
  error?: string;
}

export type Suite = Record<string, () => void | Promise<void>>;

const suites: Record<string, Suite> = { bystander, trusted, untrusted };

export async function activate(): Promise<void> {
  const { COCKPIT_SUITE: name = "", COCKPIT_RESULTS: file, COCKPIT_MOCHA: mochaUrl } = process.env;
  if (file === undefined || mochaUrl === undefined) return;
  const { default: Mocha }: { default: typeof MochaClass } = await import(mochaUrl);
  const results = await runSuite(Mocha, suites[name] ?? {});
  writeFileSync(file, JSON.stringify(results));
}

function runSuite(Mocha: typeof MochaClass, suite: Suite): Promise<HostResult[]> {
  const mocha = new Mocha({ timeout: 60_000 });
  for (const [title, run] of Object.entries(suite)) mocha.suite.addTest(new Mocha.Test(title, run));
  const results: HostResult[] = [];
  return new Promise((resolve) => {
    const keepListening = process.on;
    // This process is shared: what fails in another extension is no failure of the test that happens to run, so Mocha is not to hear of it.
    process.on = () => process;
    mocha
      .run(() => resolve(results))
      .on("pass", ({ title }) => results.push({ title }))
      .on("fail", ({ title }, error: Error) => results.push({ title, error: error.stack ?? String(error) }));
    process.on = keepListening;
  });
}
