/** Half-typed code in a long file: a prompt answer leaves out the lines that are being typed, a whole one leaves out nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Document } from "../../server/engine/engine.ts";
import { languageOf } from "../../server/engine/source.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { defaultCockpitConfig } from "../../server/protocol/config.ts";
import { typedFiles } from "../bench/keystroke-files.ts";

const engine = await loadEngine();
const options = { config: defaultCockpitConfig };

/** What follows it is read as part of it. */
const opened: Record<string, string> = {
  "panels.tsx": "{filter && <em>{`",
  "desk.ts": "for (const [i, it] of f(`",
  "desk.py": "x = ((",
  "desk.go": "other := f(g(",
};

const found = (document: Document, pace: "prompt" | "whole") => document.analyze(options, pace);

for (const { name, text } of typedFiles)
  test(`${name}: what stands elsewhere keeps its findings while a line is half-typed`, async () => {
    const language = languageOf(name);
    assert(language);
    await engine.load(language);
    const document = engine.open({ path: name, language, text });
    const before = found(document, "whole");
    const place = before[Math.floor(before.length / 4)];
    assert(place);
    const at = text.indexOf("\n", place.end) + 1;
    const added = `${opened[name]}\n`;
    document.change([{ start: at, end: at, text: added }]);
    const prompt = found(document, "prompt");
    assert.equal(document.isPartial, true);
    const moved = before.map(({ rule, start }) => `${rule} ${start > at ? start + added.length : start}`);
    assert.deepEqual(
      prompt.map(({ rule, start }) => `${rule} ${start}`),
      moved,
    );
    const whole = found(document, "whole");
    assert.equal(document.isPartial, false);
    assert.deepEqual(whole, await engine.analyze(document.file, options));
    document.change([{ start: at, end: at + added.length, text: "" }]);
    assert.deepEqual(found(document, "whole"), before);
    document.close();
  });
