/** Relative modules: which ones a text names, and which file a specifier means. Read from the text, for files that are not worth parsing. */

/** A name passed on from another module: `export { a as b } from "./m"`; `*` for `export * from`. */
export interface Reexport {
  from: string;
  name: string;
  as: string;
}

export const isRelative = (specifier: string) =>
  specifier.startsWith("./") || specifier.startsWith("../") || specifier === "." || specifier === "..";

/** Relative specifiers that a text imports from. */
export const relativeImports = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/\bfrom\s*["'](\.[^"'\n]*)["']|\brequire\s*\(\s*["'](\.[^"'\n]*)["']/g)].map(
      ([, from, required]) => from ?? required ?? "",
    ),
  ),
];

/** Names that a text passes on from relative modules, by `export … from` or by importing and exporting them. */
export function passedOn(text: string): Reexport[] {
  const direct = [...text.matchAll(/\bexport\s*(\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*["'](\.[^"'\n]*)["']/gm)].flatMap(
    ([, names = "", from = ""]) => specifiers(names).map((it) => ({ from, ...it })),
  );
  const exported = [
    ...[...text.matchAll(/\bexport\s*(\{[^}]*\})(?!\s*from)/gm)].flatMap(([, names = ""]) => specifiers(names)),
    ...[...text.matchAll(/\bexport\s+default\s+([\w$]+)(?:\s*;)?[ \t]*$/gm)].map(([, name = ""]) => ({ name, as: "default" })),
  ];
  if (exported.length === 0) return direct;
  const imported = new Map(imports(text).map((it) => [it.as, it]));
  return [
    ...direct,
    ...exported.flatMap(({ name, as }) =>
      imported.get(name)?.from ? [{ from: imported.get(name)?.from ?? "", name: imported.get(name)?.name ?? "", as }] : [],
    ),
  ];
}

const imports = (text: string): Reexport[] =>
  [
    ...text.matchAll(/\bimport\s+(?!type\b)(?:([\w$]+)\s*(?:,\s*)?)?(?:(\{[^}]*\}|\*\s*as\s+[\w$]+)\s*)?from\s*["'](\.[^"'\n]*)["']/gm),
  ].flatMap(([, byDefault, names, from = ""]) => [
    ...(byDefault ? [{ from, name: "default", as: byDefault }] : []),
    ...specifiers(names ?? "").map((it) => ({ from, ...it })),
  ]);

/** `{ a, b as c }`, `*`, `* as d` as pairs of names. */
function specifiers(clause: string): { name: string; as: string }[] {
  return clause
    .replace(/^\{|\}$/g, "")
    .split(",")
    .flatMap((it) => {
      const [, name, as] = /^\s*([\w$]+|\*)(?:\s*as\s+([\w$]+))?\s*$/.exec(it) ?? [];
      return name ? [{ name, as: as ?? name }] : [];
    });
}

const extensions = [".tsx", ".ts", ".jsx", ".js", ".mts", ".cts", ".mjs", ".cjs"];

/** The file that a relative specifier in `path` means, among those known. `./x.js` may mean `x.tsx`, as TypeScript has it. */
export function resolveModule(path: string, specifier: string, known: { has(path: string): boolean }): string | undefined {
  const base = joined(path, specifier);
  if (base === undefined) return undefined;
  if (known.has(base)) return base;
  const stem = base.replace(/\.[cm]?jsx?$/, "");
  const folder = base === "" ? "" : `${base}/`;
  const candidates = [
    ...extensions.map((it) => base + it),
    ...(stem === base ? [] : extensions.map((it) => stem + it)),
    ...extensions.map((it) => `${folder}index${it}`),
  ];
  return candidates.find((it) => known.has(it));
}

/** `specifier` seen from the folder of `path`; `undefined` when it leaves the workspace. */
function joined(path: string, specifier: string): string | undefined {
  const names = path.split("/").slice(0, -1);
  for (const name of specifier.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return undefined;
    } else if (name !== "." && name !== "") names.push(name);
  }
  return names.join("/");
}
