/** Validates against the official SARIF 2.1.0 schema, which Microsoft's own test matchers ship. */
import published from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import { Ajv } from "ajv";

// The schema says draft-04 and uses nothing of it that has changed since; Ajv reads its later spelling.
const { $schema: _, id: __, ...schema } = published;

const formats = {
  uri: URL.canParse,
  "uri-reference": (text: string) => URL.canParse(text, "file:///") && !/[\s<>"{}|\\^`]/.test(text),
  "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
};

const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats }).compile(schema);

/** What is invalid in a SARIF log, `/runs/0/… must be …`; empty when it is valid. */
export function sarifErrors(log: unknown): string[] {
  return validate(log) ? [] : (validate.errors ?? []).map((it) => `${it.instancePath} ${it.message}`);
}
