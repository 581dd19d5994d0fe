/** What command lines of npm ask a registry for. */
import { resolve } from "node:path";
import type { Gathering } from "./gathering.ts";
import type { Environment } from "./names.ts";
import { type Line, readLine, subcommand } from "./options.ts";
import { refuseIndexes } from "./refuse-indexes.ts";
import { npmOptions } from "./tool-options.ts";

export async function readNpm(args: readonly string[], at: string, _env: Environment, found: Gathering) {
  const { words, before } = subcommand(args, npmOptions, /^$/);
  const [name = ""] = words;
  const rest = [...before, ...args.slice(before.length + 1)];
  const line = readLine(rest, npmOptions, { first: /^(?:exec|x)$/.test(name) });
  refuseIndexes(line, found);
  const folder = resolve(at, [...line.values("prefix"), ...line.values("dir")].at(-1) ?? ".");
  const { addNpmProject, addNpmSpec } = await import("./npm-project.ts");
  if (/^(?:exec|x)$/.test(name)) for (const it of packagesOf(line)) addNpmSpec(it, at, found);
  else if (/^(?:i|in|ins|inst|install|add|ci|clean-install|ic|install-clean|update|up|upgrade)$/.test(name)) {
    for (const it of /^up/.test(name) ? [] : line.words) addNpmSpec(it, at, found);
    if (!line.has("global") || line.words.length === 0) addNpmProject(folder, found);
  } else found.unclear.add(`what npm ${name} asks for`);
}

const packagesOf = (line: Line) => (line.values("package").length > 0 ? line.values("package") : line.words.slice(0, 1));
