/** The shape of `cockpit.json` and of the editor's `cockpit.*` settings, and what is wrong with one that has another. */
import * as z from "zod";
import { severities } from "../engine/finding.ts";
import { alertKinds } from "../fleet/anomaly/alert.ts";
import { nearest, oneOf, unknownRule } from "./nearest.ts";

export const ruleSeverities = [...severities, "off"] as const;

const surface = z
  .strictObject({
    module: z.string().min(1).describe("Package and subpath as imported: `@acme/ui` or `@acme/ui/surfaces`."),
    component: z.string().min(1).describe("Exported name, or `*` for every component of the module."),
  })
  .describe("A component whose props require `surfaceId`.");

const telemetryProps = z.strictObject({
  attributes: z
    .array(z.string().min(1))
    .describe("Attributes that count as telemetry besides the built-in ones; `*` matches any run of characters.")
    .optional(),
  components: z
    .record(z.string().min(1), z.string().min(1))
    .describe('Components that are interactive besides native elements: name to the native element it stands for, `{"Button": "button"}`.')
    .optional(),
  polymorphicPropName: z
    .string()
    .min(1)
    .describe("The prop that chooses the element of a polymorphic component; `as` when absent.")
    .optional(),
  modules: z.array(z.string().min(1)).describe("Modules whose import makes a file an agent UI, besides the built-in ones.").optional(),
  allowedFor: z.array(z.string().min(1)).describe("Tags that may go without telemetry; `*` matches any run of characters.").optional(),
  ignore: z.array(z.string().min(1)).describe("Globs of files that are left alone.").optional(),
});

const budget = z
  .strictObject({
    agent: z.string().min(1).describe("An agent's id, or `*` for each agent on its own."),
    unit: z.enum(["usd", "tokens"]),
    per: z.enum(["hour", "day"]).describe("Calendar hours and days, UTC."),
    limit: z.number().positive(),
  })
  .describe("What an agent may spend; more is an alert, checked exactly.");

const automaticMothball = z
  .strictObject({
    kinds: z.array(z.enum(alertKinds)).min(1).describe("Alerts that pause their agent."),
    sure: z.number().min(0).max(1).describe("How sure such an alert has to be."),
    share: z.number().min(0).max(1).describe("Share of the fleet that may be paused within an hour."),
  })
  .describe("Pauses agents by itself; never, when absent.");

/** `bigquery:PROJECT/DATASET[/TABLE]`. */
export const bigQueryAddress = /^bigquery:([a-z][a-z0-9-]{4,62})\/(\w{1,200})(?:\/(\w{1,200}))?$/;
/** `PROJECT/TOPIC`. */
export const topicAddress = /^([a-z][a-z0-9-]{4,62})\/([A-Za-z][\w.~+%-]{2,254})$/;

const google = z
  .strictObject({
    project: z
      .string()
      .regex(/^[a-z][a-z0-9-]{4,62}$/, "the id of a Google Cloud project")
      .describe("Whose set-up `cockpit doctor` prints, and makes with --apply.")
      .optional(),
    topic: z.string().min(3).describe("Where log entries go; `cockpit-events` when absent.").optional(),
    filter: z.string().min(1).describe("Which log entries are sent there, in Logging's query language.").optional(),
    location: z.string().min(1).describe("Where a dataset in BigQuery is made: `EU`, `us-central1`.").optional(),
    keepDays: z
      .number()
      .positive()
      .describe("Days after which BigQuery removes a table's partition, of a table that is made; never when absent.")
      .optional(),
    maxGigabytes: z.number().positive().describe("A query in BigQuery that would read more is refused; 10 when absent.").optional(),
  })
  .describe("What Live Wire has in Google Cloud.");

/** Of a webhook. */
export const webAddress = z.url({ protocol: /^https?$/ });

const fleet = z.strictObject({
  keepDays: z
    .number()
    .positive()
    .describe("Events older than the newest by as much are removed from the Evidence Lake; 30 when absent.")
    .optional(),
  maxMegabytes: z.number().positive().describe("When the lake is larger, its oldest events are removed; 4096 when absent.").optional(),
  budgets: z.array(budget).optional(),
  mothball: automaticMothball.optional(),
  webhook: webAddress.describe("Where alerts are posted, signed with COCKPIT_WEBHOOK_SECRET.").optional(),
  alertsTopic: z
    .string()
    .regex(topicAddress, "PROJECT/TOPIC")
    .describe("A Pub/Sub topic that alerts and signals are published to: `PROJECT/TOPIC`.")
    .optional(),
  lake: z
    .string()
    .regex(bigQueryAddress, "bigquery:PROJECT/DATASET or bigquery:PROJECT/DATASET/TABLE")
    .describe(
      "A table in BigQuery that `fleet watch` also writes events to, and that `--lake bigquery` means: `bigquery:PROJECT/DATASET[/TABLE]`.",
    )
    .optional(),
  google: google.optional(),
});

export type FleetInput = z.infer<typeof fleet>;

export const configSchema = z.strictObject({
  $schema: z.string().describe("Where editors find this schema.").optional(),
  rules: z
    .record(z.string(), z.enum(ruleSeverities))
    .describe("Rule to severity, or `off`. Rules not named keep their own severity.")
    .optional(),
  e70: z
    .enum(["ruff", "pycodestyle"])
    .describe("Whose verdict counts where they differ on one-line compound statements; `ruff` when absent.")
    .optional(),
  surfaces: z.array(surface).describe("More components whose props require `surfaceId`.").optional(),
  telemetryProps: telemetryProps.describe("What `missing-telemetry-prop` asks for, and of what.").optional(),
  exclude: z
    .array(z.string().min(1))
    .describe("Globs in `.gitignore` syntax, relative to this file's folder, of what is left alone besides what git ignores.")
    .optional(),
  maxFileBytes: z
    .int()
    .min(1)
    .max(2 ** 29)
    .describe("Larger files are not read and are reported as not run; 4 MiB when absent.")
    .optional(),
  publicPackages: z
    .array(z.string().min(1))
    .describe(
      "Packages that are known to be public: where a private index locks out, they may be asked of the public one. `npm:` or `pypi:` before a name means one of them alone.",
    )
    .optional(),
  fleet: fleet.describe("How `cockpit fleet watch` keeps and judges what agents do.").optional(),
  failOn: z.enum(severities).describe("The least severity that makes `cockpit audit` exit with 1; `warning` when absent.").optional(),
});

export type ConfigInput = z.infer<typeof configSchema>;

/** What is wrong with one value, and where: `["rules", "E710"]`. `atKey` when the key itself is wrong, not what it holds. */
export interface ConfigProblem {
  path: (string | number)[];
  atKey: boolean;
  message: string;
}

export interface CheckedConfig {
  /** What is right of it: a top-level key with a problem is left out. */
  input: ConfigInput;
  problems: ConfigProblem[];
}

/** Checks a parsed `cockpit.json`; `ruleIds` are the rules that exist. */
export function checkConfig(value: unknown, ruleIds: readonly string[]): CheckedConfig {
  const problems = [...schemaProblems(value), ...unknownRules(value, ruleIds)];
  if (problems.length === 0) return { input: configSchema.parse(value), problems };
  const wrong = new Set(problems.map(({ path: [key] }) => key));
  const right = isObject(value) && !wrong.has(undefined) ? Object.entries(value).filter(([key]) => !wrong.has(key)) : [];
  return { input: configSchema.parse(Object.fromEntries(right)), problems };
}

/**
 * Checks the editor's `cockpit` settings. `null` and the empty string mean "not set". Keys that do not configure an audit (`cockpit.trace`) are passed over.
 */
export function checkSettings(value: unknown, ruleIds: readonly string[]): CheckedConfig {
  const set = isObject(value) ? Object.entries(value).filter(([key]) => key !== "$schema" && key in configSchema.shape) : [];
  return checkConfig(withoutUnset(Object.fromEntries(set)), ruleIds);
}

function schemaProblems(value: unknown): ConfigProblem[] {
  const parsed = configSchema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueProblems(issue, value));
}

function issueProblems(issue: z.core.$ZodIssue, root: unknown): ConfigProblem[] {
  const path = issue.path.map((it) => (typeof it === "number" ? it : String(it)));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], atKey: true, message: unknownKey(key, allowedKeys(path)) }));
  const name = path.length === 0 ? "the configuration" : dotted(path);
  const value = valueAt(root, path);
  const message = value === undefined ? `${name} is missing` : `${name} must be ${expectation(issue)}, not ${shown(value)}`;
  return [{ path, atKey: issue.code === "invalid_key", message }];
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return oneOf(issue.values.map((it) => JSON.stringify(it)));
  if (issue.code === "too_small") return tooSmall(issue);
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  if (issue.code === "invalid_type") return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_format" && issue.format === "url") return "an http or https URL";
  return issue.message;
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === "string") return "a non-empty string";
  return inclusive === false ? `more than ${minimum}` : `at least ${minimum}`;
}

const typeNames: Record<string, string> = {
  string: "a string",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Keys that are known at a path, by walking the schema as far as it has named keys. */
function allowedKeys(path: readonly (string | number)[]): string[] {
  const keys = path.reduce((schema: z.ZodType, key) => memberOf(schema, key), configSchema);
  return keys instanceof z.ZodObject ? Object.keys(keys.shape).filter((it) => it !== "$schema") : [];
}

function memberOf(schema: z.ZodType, key: string | number): z.ZodType {
  const inner = schema instanceof z.ZodObject ? schema.shape[key] : schema instanceof z.ZodArray ? schema.element : undefined;
  return withoutOptional(inner instanceof z.ZodType ? inner : z.never());
}

const withoutOptional = (schema: z.ZodType): z.ZodType => {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodType ? inner : schema;
};

function unknownKey(key: string, allowed: readonly string[]): string {
  const meant = nearest(key, allowed);
  return `unknown key ${JSON.stringify(key)}; ${meant ? `did you mean ${JSON.stringify(meant)}?` : `known are ${oneOf(allowed, "and")}`}`;
}

function unknownRules(value: unknown, ruleIds: readonly string[]): ConfigProblem[] {
  if (!isObject(value) || !isObject(value.rules)) return [];
  return Object.keys(value.rules)
    .filter((id) => !ruleIds.includes(id))
    .map((id) => ({ path: ["rules", id], atKey: true, message: unknownRule(id, ruleIds) }));
}

const dotted = (path: readonly (string | number)[]) =>
  path.reduce((name: string, key) => (typeof key === "number" ? `${name}[${key}]` : name === "" ? key : `${name}.${key}`), "");

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 40 ? `${json.slice(0, 39)}…` : json;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((value: unknown, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), root);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutUnset(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, it]) => it !== null && it !== "")
      .map(([key, it]) => [key, withoutUnset(it)]),
  );
}
