/** package.json: `dependencies`, in its own order and lay-out. */
import { type MemberNode, type ObjectNode, parse } from "@humanwhocodes/momoa";
import type { Edit } from "../../engine/finding.ts";
import { lineEnding, lineStart } from "../../engine/wrapping/lines.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { type Dependency, ManifestError, together } from "./manifest.ts";

/** Adds what is not there in any of the lists that are installed with the package. */
export function addToPackageJson(path: string, text: string, dependencies: readonly Dependency[]): Edit[] {
  const root = rootOf(path, text);
  const known = new Set(installed.flatMap((it) => membersOf(memberOf(root, it))).map(nameOf));
  const missing = dependencies.filter((it) => !known.has(it.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (missing.length === 0) return [];
  const list = memberOf(root, "dependencies");
  if (list && list.value.type !== "Object") throw new ManifestError(`${path}: dependencies is no object: repair it first`);
  const members = membersOf(list);
  if (!list || members.length === 0) return [addList(path, text, root, list, missing)];
  const sorted = members.every((it, i) => i === 0 || nameOf(members[i - 1] ?? it) < nameOf(it));
  return together(missing.map((it) => place(it, members, sorted, text)));
}

const installed = ["dependencies", "optionalDependencies", "peerDependencies"];

function rootOf(path: string, text: string): ObjectNode {
  try {
    // A byte-order mark is no JSON, but npm takes it.
    const { body } = parse(text.replace(/^\uFEFF/, " "), { mode: "json", ranges: true });
    if (body.type === "Object") return body;
  } catch (error) {
    throw new ManifestError(`${path} is not JSON (${messageOf(error)}): repair it first`);
  }
  throw new ManifestError(`${path} holds no object: repair it first`);
}

const nameOf = ({ name }: MemberNode) => (name.type === "String" ? name.value : name.name);
const memberOf = (object: ObjectNode, name: string) => object.members.find((it) => nameOf(it) === name);
const membersOf = (member: MemberNode | undefined) => (member?.value.type === "Object" ? member.value.members : []);
const rangeOf = (node: { range?: [number, number] }): [number, number] => node.range ?? [0, 0];

const written = ({ name, version }: Dependency) => `${JSON.stringify(name)}: ${JSON.stringify(version)}`;

/** What stands between two members: a comma and white space. */
function separator(text: string, member: MemberNode): string {
  const start = rangeOf(member)[0];
  const indentation = text.slice(lineStart(text, start), start);
  return /^[ \t]*$/.test(indentation) ? `,${lineEnding(text)}${indentation}` : ", ";
}

function place(dependency: Dependency, members: readonly MemberNode[], sorted: boolean, text: string): Edit {
  const [first] = members;
  const before = sorted ? members.findLast((it) => nameOf(it) < dependency.name) : members.at(-1);
  if (before) {
    const at = rangeOf(before)[1];
    return { start: at, end: at, text: separator(text, before) + written(dependency) };
  }
  const at = first ? rangeOf(first)[0] : 0;
  const [, space = ""] = first ? (/^,(\s*)$/.exec(separator(text, first)) ?? []) : [];
  return { start: at, end: at, text: `${written(dependency)},${space}` };
}

/** A list of its own: in place of an empty one, else after the last member. */
function addList(path: string, text: string, root: ObjectNode, list: MemberNode | undefined, missing: readonly Dependency[]): Edit {
  const last = root.members.at(-1);
  if (!last) throw new ManifestError(`${path} is empty: run npm init first`);
  const ending = lineEnding(text);
  const start = rangeOf(last)[0];
  const indentation = text.slice(lineStart(text, start), start);
  const onLines = /^[ \t]+$/.test(indentation);
  const items = missing.map(written);
  const body = onLines
    ? `{${ending}${items.map((it) => indentation.repeat(2) + it).join(`,${ending}`)}${ending}${indentation}}`
    : `{ ${items.join(", ")} }`;
  if (list) {
    const [from, to] = rangeOf(list.value);
    return { start: from, end: to, text: body };
  }
  const at = rangeOf(last)[1];
  return { start: at, end: at, text: `${separator(text, last)}"dependencies": ${body}` };
}
