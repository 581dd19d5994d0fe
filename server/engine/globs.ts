/** Patterns that people write in configuration. */

/** Whether `name` matches one of `patterns`, in which `*` stands for any run of characters. Compiled once a list. */
export const matchesName = (patterns: readonly string[], name: string): boolean =>
  patterns.length > 0 && compiled(names, patterns, namePattern).test(name);

/** Whether a `/`-separated path matches one of `globs`: `*` and `?` stay inside a name, `**` crosses folders; without a `/` any file or folder of that name. */
export const matchesPath = (globs: readonly string[], path: string): boolean =>
  globs.length > 0 && compiled(paths, globs, pathPattern).test(path);

const names = new WeakMap<readonly string[], RegExp>();
const paths = new WeakMap<readonly string[], RegExp>();

function compiled(cache: WeakMap<readonly string[], RegExp>, globs: readonly string[], pattern: (glob: string) => string): RegExp {
  const regex = cache.get(globs) ?? new RegExp(globs.map(pattern).join("|"), "u");
  cache.set(globs, regex);
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
