/**
 * Python's `configparser`, as far as `pip.conf` is written in it: `=` and `:`, values that go on in deeper lines, whole-line comments, `[DEFAULT]`. No library that we found reads these
 * (`ini` reads npm's dialect, which has no continuation lines); the tests hold this reader against Python's own.
 */

/** Section → key → value, keys as pip normalises them: lower case, `-` for `_`, without leading `--`. */
export type Sections = Map<string, Map<string, string>>;

export function parseConfigparser(text: string): Sections {
  const sections: Map<string, Map<string, string[]>> = new Map();
  let section: Map<string, string[]> | undefined;
  let value: string[] | undefined;
  let indent = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const plain = line.trim();
    if (/^[#;]/.test(plain)) continue;
    if (plain === "") {
      value?.push("");
      continue;
    }
    const depth = line.search(/\S/);
    if (value && depth > indent) {
      value.push(plain);
      continue;
    }
    indent = depth;
    const header = /^\[(.+)\]/.exec(plain)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      value = undefined;
      continue;
    }
    const [, key, rest] = /^(.*?)\s*[=:]\s*(.*)$/.exec(plain) ?? [];
    if (!section || !key || rest === undefined) continue;
    value = [rest];
    section.set(normalized(key), value);
  }
  return withDefaults(sections);
}

const normalized = (key: string) => key.toLowerCase().replaceAll("_", "-").replace(/^--/, "");

function withDefaults(sections: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>): Sections {
  const defaults = [...(sections.get("DEFAULT") ?? [])];
  const named = [...sections].filter(([name]) => name !== "DEFAULT");
  const joined = (entries: Iterable<[string, readonly string[]]>) =>
    new Map([...entries].map(([key, lines]): [string, string] => [key, lines.join("\n").trimEnd()]));
  return new Map(named.map(([name, section]) => [name, joined([...defaults, ...section])]));
}
