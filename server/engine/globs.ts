/** Patterns that people write in configuration. */

/** Whether `name` matches one of `patterns`, in which `*` stands for any run of characters. */
export const matchesName = (patterns: readonly string[], name: string): boolean =>
  patterns.some((it) => it === name || (it.includes("*") && compiled(it, namePattern).test(name)));

/** Whether a `/`-separated path matches one of `globs`: `*` and `?` stay inside a name, `**` crosses folders; without a `/` any file or folder of that name. */
export const matchesPath = (globs: readonly string[], path: string): boolean => globs.some((it) => compiled(it, pathPattern).test(path));

const cache = new Map<string, RegExp>();

function compiled(glob: string, pattern: (glob: string) => string): RegExp {
  const source = pattern(glob);
  const regex = cache.get(source) ?? new RegExp(source, "u");
  cache.set(source, regex);
  return regex;
}

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, "\\$&");

const namePattern = (glob: string) => `^${escaped(glob).replace(/\?/g, "\\?").replace(/\*/g, ".*")}$`;

function pathPattern(glob: string): string {
  const rooted = glob.replace(/^\.?\//, "").replace(/\/$/, "/**");
  const anywhere = glob.includes("/") ? "" : "(?:.*/)?";
  const body = escaped(rooted).replace(
    /\*\*\/|\*\*|\*|\?/g,
    (it) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" })[it] ?? it,
  );
  return `^${anywhere}${body}(?:/.*)?$`;
}
