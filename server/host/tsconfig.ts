/** What a tsconfig.json says to the compiler, together with what it extends: https://www.typescriptlang.org/tsconfig/ */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { evaluate, parse } from "@humanwhocodes/momoa";
import * as z from "zod";

const known = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const compilerOptions = z.object({
  module: known(z.string()),
  moduleResolution: known(z.string()),
  allowImportingTsExtensions: known(z.boolean()),
  rewriteRelativeImportExtensions: known(z.boolean()),
  /** Absolute, once read. */
  rootDir: known(z.string()),
});

export type CompilerOptions = z.infer<typeof compilerOptions>;

const tsconfig = z.object({
  extends: known(z.union([z.string().transform((it) => [it]), z.array(z.string())])),
  compilerOptions: known(compilerOptions),
});

/** None of a file that is broken or not there. `chain` is how it was reached: one that extends itself adds nothing. */
export function readCompilerOptions(path: string, chain: readonly string[] = []): CompilerOptions {
  const config = chain.includes(path) ? undefined : readConfig(path);
  if (!config) return {};
  const inherited = (config.extends ?? []).map((it) => extended(it, path, [...chain, path]));
  const { rootDir, ...own } = config.compilerOptions ?? {};
  const place = rootDir === undefined ? {} : { rootDir: resolve(dirname(path), rootDir) };
  return Object.assign({}, ...inherited, defined(own), place);
}

const defined = (options: object) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

function readConfig(path: string): z.infer<typeof tsconfig> | undefined {
  try {
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    return tsconfig.safeParse(evaluate(parse(text, { mode: "jsonc", allowTrailingCommas: true }))).data;
  } catch {
    // The compiler says what is wrong with it.
    return undefined;
  }
}

/** By its path, or as a package of the folders around. */
function extended(specifier: string, from: string, chain: readonly string[]): CompilerOptions {
  const folder = dirname(from);
  const isPath = /^\.\.?(?:\/|$)/.test(specifier) || isAbsolute(specifier);
  const bases = isPath ? [resolve(folder, specifier)] : packagesAround(folder).map((it) => join(it, specifier));
  const paths = bases.flatMap((it) => [it, `${it}.json`, join(it, "tsconfig.json")]);
  const found = paths.find((it) => readConfig(it) !== undefined);
  return found === undefined ? {} : readCompilerOptions(found, chain);
}

const packagesAround = (folder: string): string[] => [
  join(folder, "node_modules"),
  ...(dirname(folder) === folder ? [] : packagesAround(dirname(folder))),
];
