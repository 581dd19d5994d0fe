/** JSON whose values are found again in its text, to say where something is wrong. */

export interface FileProblem {
  message: string;
  /** 1-based, in UTF-16 units; 1:1 when the whole file is meant. */
  line: number;
  column: number;
  /** UTF-16 offsets of what is wrong. */
  start: number;
  end: number;
}

export interface PlacedJson {
  value: unknown;
  /** A problem with the value at `path`, or with the last key of it. */
  problem(message: string, path: readonly (string | number)[], atKey: boolean): FileProblem;
}

/** `jsonc` allows comments and trailing commas, as VS Code's own settings do. */
export async function readJson(source: string, mode: "json" | "jsonc"): Promise<PlacedJson | { broken: FileProblem }> {
  const { evaluate, parse } = await import("@humanwhocodes/momoa");
  const text = source.replace(/^\uFEFF/, " ");
  try {
    const document = parse(text, { mode, ranges: true, allowTrailingCommas: mode === "jsonc" });
    return {
      value: evaluate(document),
      problem: (message, path, atKey) => problemAt(text, message, ...rangeAt(document.body, path, atKey)),
    };
  } catch (error) {
    return { broken: syntaxProblem(text, error) };
  }
}

export function problemAt(text: string, message: string, start = 0, end = 0): FileProblem {
  const before = text.slice(0, start);
  return { message, start, end, line: before.split("\n").length, column: start - before.lastIndexOf("\n") };
}

/** The part of a Momoa node that is needed to find a value's place. */
interface JsonNode {
  type: string;
  range?: number[] | undefined;
  name?: unknown;
  value?: unknown;
  members?: readonly { name: JsonNode; value: JsonNode }[];
  elements?: readonly { value: JsonNode }[];
}

function rangeAt(root: JsonNode, path: readonly (string | number)[], atKey: boolean): [start: number, end: number] {
  let found = root;
  for (const [i, key] of path.entries()) {
    const member = found.members?.findLast(({ name }) => nameOf(name) === key);
    const next = typeof key === "number" ? found.elements?.[key]?.value : atKey && i === path.length - 1 ? member?.name : member?.value;
    if (!next) break;
    found = next;
  }
  return [found.range?.[0] ?? 0, found.range?.[1] ?? 0];
}

/** Member names are strings in JSON, identifiers in its relaxed forms. */
const nameOf = (node: JsonNode) => node.value ?? node.name;

function syntaxProblem(text: string, error: unknown): FileProblem {
  const known = error instanceof Error && "offset" in error && typeof error.offset === "number";
  const blamed = known ? Math.min(Number(error.offset), text.length) : 0;
  // An object that is never closed is blamed on its beginning; what is wrong is that the file ends.
  const offset = /^[{[]/.test(text.slice(blamed)) && text.slice(0, blamed).trim() === "" ? text.length : blamed;
  const [token = ""] = /^(?:\w+|[\s\S]?)/.exec(text.slice(offset)) ?? [];
  return problemAt(text, syntaxMessage(text, token), offset, offset + token.length);
}

function syntaxMessage(text: string, token: string): string {
  if (text.trim() === "") return "the file is empty; the least it can hold is {}";
  return token === "" ? "not valid JSON: the file ends too early" : `not valid JSON: unexpected ${JSON.stringify(token)}`;
}
