/** The JSON schema of `cockpit.json`, and the editor's settings made from it. */
import * as z from "zod";
import { configSchema, ruleSeverities } from "../../server/protocol/config-schema.ts";
import type { RuleFolder } from "../generate.ts";

type Json = Record<string, unknown>;

export function configJsonSchema(rules: readonly RuleFolder[]): Json {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { target: "draft-07", io: "input" });
  return {
    $schema,
    title: "Configuration of the AgentOps Cockpit (cockpit.json)",
    allowComments: true,
    allowTrailingCommas: true,
    ...schema,
    properties: { ...schema.properties, rules: rulesSchema(rules) },
  };
}

function rulesSchema(rules: readonly RuleFolder[]): Json {
  const properties = rules.map(({ meta }) => [meta.id, { enum: ruleSeverities, default: meta.severity, description: `${meta.title}.` }]);
  return {
    type: "object",
    description: "Rule to severity, or `off`. Rules not named keep their own severity.",
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

/** A package.json with the settings that we generate; what others contribute stays. */
export function withSettings(manifest: unknown, rules: readonly RuleFolder[]): Json {
  const whole = asObject(manifest);
  const contributes = asObject(whole.contributes);
  const configuration = asObject(contributes.configuration);
  const others = Object.entries(asObject(configuration.properties)).filter(([key]) => !isGenerated(key));
  const properties = { ...settings(rules), ...Object.fromEntries(others) };
  const ours = { configuration: { title: "AgentOps Cockpit", ...configuration, properties }, ...jsonFiles };
  return { ...whole, contributes: { ...contributes, ...ours } };
}

/** Editors complete and check `cockpit.json`, in which they allow comments as we do, and the policies of agents. */
const jsonFiles = {
  languages: [{ id: "jsonc", filenames: ["cockpit.json"] }],
  jsonValidation: [
    { fileMatch: ["cockpit.json"], url: "./schemas/cockpit.schema.json" },
    { fileMatch: [".cockpit/policy.json"], url: "./schemas/policy.schema.json" },
  ],
};

const isGenerated = (key: string) => /^cockpit\.(?:(?:rules|telemetryProps)\..+|e70|surfaces|exclude|maxFileBytes)$/.test(key);

/** `null`, an empty list or object mean "not set": then `cockpit.json` or the default counts. */
function settings(rules: readonly RuleFolder[]): Json {
  const { properties } = z.toJSONSchema(configSchema, { target: "draft-07", io: "input" });
  const known = asObject(properties);
  const props = Object.entries(asObject(asObject(known.telemetryProps).properties));
  return {
    ...Object.fromEntries(rules.map(({ meta }) => [`cockpit.rules.${meta.id}`, severitySetting(meta.title)])),
    "cockpit.e70": choiceSetting(asObject(known.e70), "As cockpit.json says, or ruff"),
    "cockpit.surfaces": withDefault(asObject(known.surfaces)),
    ...Object.fromEntries(props.map(([key, schema]) => [`cockpit.telemetryProps.${key}`, withDefault(asObject(schema))])),
    "cockpit.exclude": withDefault({ ...asObject(known.exclude), description: excludeText }),
    "cockpit.maxFileBytes": withDefault(asObject(known.maxFileBytes)),
  };
}

const excludeText = "Globs in `.gitignore` syntax, relative to the workspace folder, of what is left alone besides what git ignores.";

const severitySetting = (title: string): Json =>
  choiceSetting({ enum: ruleSeverities, description: `${title}.` }, "As cockpit.json says, or the rule's own severity");

function choiceSetting(schema: Json, unset: string): Json {
  const choices = Array.isArray(schema.enum) ? schema.enum : [];
  return {
    type: ["string", "null"],
    enum: [null, ...choices],
    enumItemLabels: ["default", ...choices],
    markdownEnumDescriptions: [unset],
    default: null,
    markdownDescription: schema.description,
    scope: "resource",
  };
}

function withDefault({ description, type, ...schema }: Json): Json {
  const preset = type === "array" ? [] : type === "object" ? {} : type === "string" ? "" : null;
  const { minLength: _, ...rest } = schema;
  return { type: preset === null ? [type, "null"] : type, ...rest, default: preset, markdownDescription: description, scope: "resource" };
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
