/** Comments that silence findings, with every line break. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isSuppressed } from "../../server/engine/suppressions.ts";

const lines = [
  ["c = OpenAI()  # cockpit-ignore untracked-client -- it's traced: see docs.", true],
  ["c = OpenAI()  # cockpit-ignore untracked-client, E701", true],
  ["c = OpenAI()  # cockpit-ignore E701 -- not untracked-client", false],
  ["c = OpenAI()  # noqa", true],
  ["c = OpenAI()", false],
] as const;

for (const lineBreak of ["\n", "\r\n"])
  for (const [line, silent] of lines)
    test(`${JSON.stringify(line + lineBreak)} ${silent ? "is silent" : "is not silent"}`, () =>
      assert.equal(isSuppressed(`import x${lineBreak}${line}${lineBreak}`, "python", "untracked-client", 8 + lineBreak.length), silent));
