import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadConfig, readConfig } from "../../server/host/config.ts";
import { defaultCockpitConfig, resolveConfig } from "../../server/protocol/config.ts";
import { checkConfig, checkSettings } from "../../server/protocol/config-schema.ts";

const folder = mkdtempSync(join(tmpdir(), "config-"));
after(() => rmSync(folder, { recursive: true }));

/** Text of a cockpit.json → `line:column message` of each problem. */
const wrong: [text: string, problems: string[]][] = [
  ["{}", []],
  ['// why\n{ "e70": "ruff", "exclude": ["dist/"], /* so */ }', []],
  ['\uFEFF{"e70": "ruff"}', []],
  ["", ["1:1 the file is empty; the least it can hold is {}"]],
  ['{\n  "e70": rufff\n}', ['2:10 not valid JSON: unexpected "rufff"']],
  ['{"exclude": [', ["1:14 not valid JSON: the file ends too early"]],
  ["[]", ["1:1 the configuration must be an object, not []"]],
  ['{"rule": {}}', ['1:2 unknown key "rule"; did you mean "rules"?']],
  [
    '{"zzzzzz": 1}',
    ['1:2 unknown key "zzzzzz"; known are rules, e70, surfaces, telemetryProps, exclude, maxFileBytes, publicPackages, fleet and failOn'],
  ],
  [
    '{\n  "e70": "flake8",\n  "failOn": 1\n}',
    ['2:10 e70 must be "ruff" or "pycodestyle", not "flake8"', '3:13 failOn must be "error", "warning" or "info", not 1'],
  ],
  ['{"exclude": "dist"}', ['1:13 exclude must be a list, not "dist"']],
  ['{"exclude": ["a", ""]}', ['1:19 exclude[1] must be a non-empty string, not ""']],
  ['{"maxFileBytes": 0}', ["1:18 maxFileBytes must be at least 1, not 0"]],
  ['{"surfaces": [{"module": "a"}]}', ["1:15 surfaces[0].component is missing"]],
  [
    '{"fleet": {"keepDays": 7, "maxMegabytes": 100, "budgets": [{"agent": "*", "unit": "usd", "per": "day", "limit": 5}], "webhook": "https://example.com/"}}',
    [],
  ],
  ['{"fleet": {"keepDays": 0}}', ["1:24 fleet.keepDays must be more than 0, not 0"]],
  ['{"fleet": {"budget": []}}', ['1:12 unknown key "budget"; did you mean "budgets"?']],
  [
    '{"fleet": {"budgets": [{"agent": "a", "unit": "eur", "per": "day", "limit": 1}]}}',
    ['1:47 fleet.budgets[0].unit must be "usd" or "tokens", not "eur"'],
  ],
  ['{"fleet": {"webhook": "file:///etc"}}', ['1:23 fleet.webhook must be an http or https URL, not "file:///etc"']],
  ['{"telemetryProps": {"attribute": []}}', ['1:21 unknown key "attribute"; did you mean "attributes"?']],
];

for (const [text, problems] of wrong)
  test(`cockpit.json ${JSON.stringify(text)}`, async () => {
    const read = await readConfig(text);
    assert.deepEqual(
      read.problems.map((it) => `${it.line}:${it.column} ${it.message}`),
      problems,
    );
  });

test("rules are checked by name and severity", () => {
  const ids = ["E701", "E702", "missing-surface-id"];
  const { problems } = checkConfig({ rules: { e701: "off", "missing-surface": "warn", E702: "info" } }, ids);
  assert.deepEqual(
    problems.map((it) => it.message),
    [
      'rules.missing-surface must be "error", "warning", "info" or "off", not "warn"',
      'unknown rule "e701"; did you mean "E701"?',
      'unknown rule "missing-surface"; did you mean "missing-surface-id"?',
    ],
  );
});

test("a wrong key leaves the others in force", () => {
  const { input, problems } = checkConfig({ e70: "flake8", failOn: "error" }, []);
  assert.deepEqual(input, { failOn: "error" });
  assert.equal(problems.length, 1);
});

test("settings that are not set do not hide cockpit.json", () => {
  const unset = {
    rules: { E701: null },
    e70: null,
    exclude: [],
    telemetryProps: { polymorphicPropName: "", attributes: [] },
    trace: { server: "off" },
  };
  const { input, problems } = checkSettings(unset, ["E701"]);
  assert.deepEqual(problems, []);
  const file = { rules: { E701: "off" as const }, e70: "pycodestyle" as const, telemetryProps: { polymorphicPropName: "component" } };
  assert.deepEqual(resolveConfig(file, input), resolveConfig(file));
});

test("layers: later single values win, lists add up, maps join", () => {
  const file = { rules: { E701: "off" as const, E702: "info" as const }, e70: "pycodestyle" as const, exclude: ["a"] };
  const flags = { rules: { E701: "error" as const }, exclude: ["b"], failOn: "info" as const };
  assert.deepEqual(resolveConfig(file, undefined, flags), {
    ...defaultCockpitConfig,
    rules: { E701: "error", E702: "info" },
    e70: "pycodestyle",
    exclude: ["a", "b"],
    failOn: "info",
  });
});

test("the nearest cockpit.json counts, up to the root of the repository", async () => {
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("cockpit.json", "{}");
  write("repository/.git/HEAD", "");
  write("repository/agents/a/agent.py", "");
  assert.equal((await loadConfig(join(folder, "repository/agents/a"))).file, undefined);
  write("repository/cockpit.json", '{"failOn": "info"}');
  assert.deepEqual(await loadConfig(join(folder, "repository/agents/a/agent.py")), {
    file: join(folder, "repository/cockpit.json"),
    input: { failOn: "info" },
    problems: [],
  });
  write("repository/agents/cockpit.json", "{");
  assert.equal((await loadConfig(join(folder, "repository/agents/a"))).problems.length, 1);
});
