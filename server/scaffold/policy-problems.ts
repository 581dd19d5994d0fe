/** What is wrong with a `policy.json`, by the engine that decides with it, and where. */
import * as z from "zod";
import { type FileProblem, problemAt, readJson } from "../host/json-places.ts";
import { messageOf } from "../protocol/message-of.ts";
import { nearest } from "../protocol/nearest.ts";
import { loadPolicy, policySchema } from "./policy-engine.ts";

/** In the text's order; none when every engine takes it. */
export async function policyProblems(text: string): Promise<FileProblem[]> {
  const json = await readJson(text, "json");
  if ("broken" in json) return [json.broken];
  const { error } = policySchema.safeParse(json.value);
  if (!error) return otherProblem(text);
  return error.issues
    .flatMap(explained)
    .map(({ message, path, atKey }) => json.problem(message, path, atKey))
    .sort((a, b) => a.start - b.start);
}

/** What no schema says: too deep, a number too large, a byte-order mark. */
function otherProblem(text: string): FileProblem[] {
  try {
    loadPolicy(text);
    return [];
  } catch (error) {
    return [problemAt(text, messageOf(error))];
  }
}

function explained(issue: z.core.$ZodIssue): { message: string; path: (string | number)[]; atKey: boolean }[] {
  const path = issue.path.map((it) => (typeof it === "number" ? it : String(it)));
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ message: `${where}${unknownField(key)}`, path: [...path, key], atKey: true }));
  return [{ message: `${where}${issue.message}`, path, atKey: issue.code === "invalid_key" }];
}

function unknownField(key: string): string {
  const meant = nearest(key, fields());
  return `there is no field ${JSON.stringify(key)}${meant ? `; did you mean ${JSON.stringify(meant)}?` : ""}`;
}

/** The names of all fields, wherever in a policy they stand. */
const fields = () =>
  [...JSON.stringify(z.toJSONSchema(policySchema, { io: "input" })).matchAll(/"([A-Za-z$]+)":\{/g)].map(([, it = ""]) => it);
