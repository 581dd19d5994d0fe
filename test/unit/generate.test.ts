import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { cliPage } from "../../scripts/generate/cli-page.ts";
import { rulePage } from "../../scripts/generate/rule-pages.ts";
import { configJsonSchema, withSettings } from "../../scripts/generate/settings.ts";
import { generated, type RuleFolder, stale } from "../../scripts/generate.ts";
import { shownCommands } from "../../server/cli/table.ts";
import { checkConfig, checkSettings } from "../../server/protocol/config-schema.ts";

const rule: RuleFolder = {
  meta: { id: "bad-thing", title: "A bad thing", severity: "warning", languages: ["python"], fix: "safe" },
  page: "# Bad thing\n\nWhy.\n\n```python\nx\n```\n",
};

test("what is generated is up to date, and a change is noticed", async () => {
  const files = await generated();
  assert.deepEqual(stale(files), []);
  const changed = new Map(files).set("docs/cli.md", "other");
  assert.deepEqual(stale(changed), ["docs/cli.md is stale"]);
});

test("a page of a rule that is gone is noticed", async () => {
  const files = new Map(await generated());
  files.delete("docs/rules/README.md");
  assert.deepEqual(stale(files), ["docs/rules/README.md is about a rule that is gone"]);
});

test("a rule's page keeps its heading first and tells the facts below", () => {
  const page = rulePage(rule);
  assert.match(
    page,
    /^# Bad thing\n\n<!-- .* -->\n\n\*\*warning\*\* by default · python · safe fix\n\nWhy\.\n\n```python\nx\n```\n\n## Options\n/,
  );
});

test("the command's page names every command and flag", () => {
  const page = cliPage();
  for (const { name, flags } of shownCommands) {
    assert(page.includes(`## cockpit ${name}\n`));
    for (const flag of flags) assert(page.includes(`| \`${flag.flags}\` |`), flag.flags);
  }
});

test("the JSON schema and our own check agree", () => {
  const validate = new Ajv({ strict: false }).compile(configJsonSchema([rule]));
  const candidates: [value: unknown, valid: boolean][] = [
    [{}, true],
    [{ $schema: "x", rules: { "bad-thing": "off" }, exclude: ["a"], surfaces: [{ module: "m", component: "*" }] }, true],
    [{ telemetryProps: { components: { Button: "button" }, allowedFor: ["Icon*"] }, maxFileBytes: 1, failOn: "info", e70: "ruff" }, true],
    [{ rules: { other: "off" } }, false],
    [{ rules: { "bad-thing": "warn" } }, false],
    [{ unknown: 1 }, false],
    [{ exclude: [""] }, false],
    [{ maxFileBytes: 1.5 }, false],
    [{ surfaces: [{ module: "m" }] }, false],
    [[], false],
  ];
  for (const [value, valid] of candidates) {
    assert.equal(validate(value), valid, `schema on ${JSON.stringify(value)}`);
    assert.equal(checkConfig(value, ["bad-thing"]).problems.length === 0, valid, `check on ${JSON.stringify(value)}`);
  }
});

test("settings: every key of cockpit.json that an editor needs, unset by default; others' settings stay, those of rules that are gone go", () => {
  const manifest = {
    name: "x",
    contributes: {
      commands: [1],
      configuration: { properties: { "cockpit.trace": { default: "off" }, "cockpit.rules.gone": {}, "cockpit.e70": {} } },
    },
  };
  const { contributes }: { contributes: { commands: unknown; configuration: { properties: Record<string, { default: unknown }> } } } =
    JSON.parse(JSON.stringify(withSettings(manifest, [rule])));
  const { properties } = contributes.configuration;
  assert.deepEqual(contributes.commands, [1]);
  assert("cockpit.trace" in properties && "cockpit.rules.bad-thing" in properties && !("cockpit.rules.gone" in properties));
  const unset: Record<string, unknown> = {};
  for (const [key, { default: value }] of Object.entries(properties)) assign(unset, key.split(".").slice(1), value);
  const { input, problems } = checkSettings(unset, ["bad-thing"]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    Object.keys(input).filter((it) => !["rules", "surfaces", "telemetryProps", "exclude"].includes(it)),
    [],
  );
});

test("docs/configuration.md names every key", () => {
  const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  const { properties } = configJsonSchema([]);
  assert(typeof properties === "object" && properties !== null);
  for (const key of Object.keys(properties)) assert(page.includes(key), key);
});

/** What VS Code does with dotted keys: `{ "a.b": 1 }` is read as `{ a: { b: 1 } }`. */
function assign(into: Record<string, unknown>, [key = "", ...rest]: string[], value: unknown) {
  const inner: Record<string, unknown> = { ...Object(into[key]) };
  if (rest.length > 0) assign(inner, rest, value);
  into[key] = rest.length > 0 ? inner : value;
}
