/**
 * From a finding to spans, in each language with the real SDKs: the unwrapped agent is flagged, `cockpit fix` wraps it, it still type-checks and runs, its spans arrive at an OTLP endpoint; its budget
 * refuses, and the mothball signal pauses and resumes it without a restart.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { agentOf, cockpit, type Language, openWorld, run, serving, told, toolsOf, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const clients: Record<Language, number> = { python: 3, typescript: 2, go: 2 };
const main: Record<Language, string> = { python: "main.py", typescript: "main.ts", go: "main.go" };
const said = ["Hello.", "Hello.", "Hello.", "Hello.", "Hello.", "RateLimitError"];
const paused = /^(?:AgentPaused|AgentPausedError|.*\bpaused\b)/;

/** What the spans of a whole run tell, one line each, in any order. */
const expected = [
  "chat gpt-4o-mini 11/7",
  "chat gpt-4o-mini 11/7 stream",
  "chat gpt-4o-mini 21/9",
  "chat gpt-4o-mini error",
  "generate_content gemini-2.0-flash 41/17",
  "generate_content gemini-2.0-flash 41/17 stream",
];

for (const language of ["python", "typescript", "go"] as const)
  test(`an agent in ${language}, from its finding to its spans`, async () => {
    const { folder, remove } = await agentOf(language);
    const { install, checks, start } = await toolsOf(language);
    const [installer, ...installed] = install;
    const check = async () => {
      if (installer) assert.deepEqual((await run(installer, installed, folder)).code, 0);
      for (const [checker = "", ...args] of checks) {
        const { code, stdout, stderr } = await run(checker, args, folder);
        assert.equal(code, 0, `${checker}: ${stdout}${stderr}`);
      }
    };
    try {
      await check();
      const findings = JSON.parse((await cockpit(folder, "audit", "--rule", "untracked-client", "--format", "json")).stdout).summary
        .findings;
      assert.equal(findings, clients[language]);
      const fixed = await cockpit(folder, "fix", "--rule", "untracked-client", "-f");
      assert.equal(fixed.code, 0, fixed.stderr);
      await check();
      const [command = "", ...args] = start;
      const ran = await run(command, args, folder, world.environment);
      assert.deepEqual(ran.stdout.trimEnd().split("\n"), said, ran.stderr);
      const spans = await world.spans(expected.length);
      assert.deepEqual(spans.map(told).sort(), expected);
      for (const { service, attributes } of spans) {
        assert.equal(service, language);
        assert.equal(attributes["gen_ai.agent.id"], language);
        assert.equal(attributes["server.address"], "127.0.0.1");
      }
      const again = await cockpit(folder, "fix", "--rule", "untracked-client", "-f");
      assert.equal(again.stderr, "nothing to fix\n");

      // The cap: a suggestion, made at its place.
      const report = JSON.parse((await cockpit(folder, "audit", "--rule", "uncapped-client", "--format", "json")).stdout);
      const [first] = report.agents[0].findings;
      const at = `${first.start.line}:${first.start.column}`;
      const capped = await cockpit(folder, "fix", "--rule", "uncapped-client", "-t", main[language], "--at", at, "-f");
      assert.equal(capped.code, 0, capped.stderr);
      await check();
      const agent = serving(start, folder, world.environment);
      const budget = join(folder, ".cockpit/budget.json");
      const limits = readFileSync(budget, "utf8");
      const mothball = join(folder, ".cockpit/mothball.json");
      assert.equal(await agent.ask("hello"), "Hello.");
      const sent = await world.requests();
      writeFileSync(budget, limits.replace(/"run": \d+/, '"run": 0'));
      assert.match(await agent.ask("hello"), /Budget|budget|US dollars/);
      writeFileSync(budget, limits);
      mkdirSync(join(folder, ".cockpit"), { recursive: true });
      const entry = { by: "ana@example.com", at: "2026-11-23T10:00:00Z", reason: "cost anomaly" };
      writeFileSync(mothball, JSON.stringify({ version: 1, agents: { [language]: entry } }));
      const refused = await agent.ask("hello");
      assert.match(refused, paused);
      assert.match(refused, /ana@example\.com.*cost anomaly/);
      assert.equal(await world.requests(), sent, "nothing of what was refused was sent");
      rmSync(mothball);
      assert.equal(await agent.ask("hello"), "Hello.");
      // Spans leave in the background: a program in Go that ends takes its last ones with it.
      await world.spans(2);
      agent.stop();
    } finally {
      remove();
    }
  });
