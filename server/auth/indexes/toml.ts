/** TOML tables as data from outside: nothing is taken for granted. */
import { parse, type TomlTable, type TomlValue } from "smol-toml";

export type { TomlTable, TomlValue };

/** Undefined when it is no TOML: the tool itself will say so. */
export function parseToml(text: string | undefined): TomlTable | undefined {
  try {
    return text === undefined ? undefined : parse(text);
  } catch {
    return undefined;
  }
}

export const tableAt = (table: TomlTable | undefined, ...path: string[]): TomlTable | undefined =>
  path.reduce<TomlTable | undefined>((at, key) => {
    const value = at?.[key];
    return isTable(value) ? value : undefined;
  }, table);

export const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);

export const textOf = (value: TomlValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);

export const listOf = (value: TomlValue | undefined): readonly TomlValue[] => (Array.isArray(value) ? value : []);
