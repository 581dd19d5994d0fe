/** The Mocha suites of host/, each inside the extension host of a fresh VS Code, reported one by one. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { packExtension } from "./pack.ts";
import { type Session, type SessionOptions, samples, startSession } from "./session.ts";

const root = join(import.meta.dirname, "../..");
const resultsSchema = z.array(z.object({ title: z.string(), error: z.string().optional() })).min(1);

/** Docs only: nothing that an agent could be made of. */
const prose = join(root, "media/walkthrough");

for (const [suite, options] of Object.entries<SessionOptions>({
  trusted: { folder: samples },
  untrusted: { folder: samples, trusted: false },
  bystander: { folder: prose },
}))
  test(`inside the extension host: ${suite}`, async (t) => {
    const session = await startSession({ ...options, vsixes: testExtension, env: (temporary) => environment(suite, temporary) });
    t.after(session.end);
    await session.window();
    for (const { title, error } of await results(session)) await t.test(title, () => assert.ok(error === undefined, error));
  });

function environment(suite: string, temporary: string): Record<string, string> {
  return { COCKPIT_SUITE: suite, COCKPIT_RESULTS: resultsFile(temporary), COCKPIT_MOCHA: import.meta.resolve("mocha") };
}

const resultsFile = (temporary: string) => join(temporary, "results.json");

async function results({ temporary }: Session) {
  const file = resultsFile(temporary);
  for (let attempt = 0; attempt < 2400 && !existsSync(file); attempt++) await sleep(100);
  return resultsSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

const testExtension = async (temporary: string): Promise<string[]> => [
  await packExtension("cockpit-host-tests", join(import.meta.dirname, "host/extension.ts"), temporary),
];
