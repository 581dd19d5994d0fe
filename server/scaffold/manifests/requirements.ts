/** requirements.txt, by pip's rules: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
import { dirname, join, normalize } from "node:path";
import type { Edit } from "../../engine/finding.ts";
import { lineEnding } from "../../engine/wrapping/lines.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { type Dependency, ManifestError } from "./manifest.ts";

/** A package's name as indexes compare it (PEP 503): `OpenTelemetry_SDK` is `opentelemetry-sdk`. */
export const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/**
 * Adds what neither this file nor those it includes ask for, at its end. `read` gives an included file's text. Throws a ManifestError when files include each other in a circle, when
 * one is missing, or when every requirement is pinned by hash.
 */
export function addToRequirements(path: string, text: string, dependencies: readonly Dependency[], read: (path: string) => string): Edit[] {
  const known = requirementsOf(path, text, read, [path]);
  const missing = dependencies.filter((it) => !known.has(normalized(it.name)));
  if (missing.length === 0) return [];
  const names = missing.map((it) => it.name + it.version);
  if (/(^|\s)--(?:hash=|require-hashes\b)/m.test(text.replace(/(^|\s)#.*$/gm, "")))
    throw new ManifestError(`${path} pins its requirements by hash: add ${names.join(", ")} with the tool that computes the hashes`);
  const ending = lineEnding(text);
  const first = text === "" || /(?<!\\\r?)\n$/.test(text) ? "" : ending;
  return [{ start: text.length, end: text.length, text: first + names.map((it) => it + ending).join("") }];
}

/** Normalized names, those of included files too. `chain` is how this file was reached. */
function requirementsOf(path: string, text: string, read: (path: string) => string, chain: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const included = /^\s*(?:-r|--requirement)[\s=]+(\S+)/.exec(line)?.[1];
    if (included !== undefined) for (const it of includedNames(path, included, read, chain)) names.add(it);
    const name = /#egg=([\w.-]+)/.exec(line)?.[1] ?? /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1];
    if (name !== undefined) names.add(normalized(name));
  }
  return names;
}

function includedNames(path: string, included: string, read: (path: string) => string, chain: readonly string[]): Set<string> {
  if (/^\w+:\/\//.test(included)) return new Set();
  const target = normalize(join(dirname(path), included));
  if (chain.includes(target))
    throw new ManifestError(
      `${path} includes ${target}, which includes it again (${[...chain, target].join(" → ")}): break the circle first`,
    );
  let text: string;
  try {
    text = read(target);
  } catch (error) {
    throw new ManifestError(`${path} includes ${target}, which cannot be read: ${messageOf(error)}`);
  }
  return requirementsOf(target, text, read, [...chain, target]);
}
