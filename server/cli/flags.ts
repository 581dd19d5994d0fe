/** What was given on the command line, read by name with the type that is expected. */

export interface Flags {
  /** A flag's or argument's value, when given. */
  text(name: string): string | undefined;
  /** All values of a flag that may be repeated. */
  list(name: string): string[];
  on(name: string): boolean;
}

/** `values` as commander parsed them: camel-cased names. */
export function createFlags(values: Readonly<Record<string, unknown>>): Flags {
  return {
    text(name) {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    },
    list(name) {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    on: (name) => values[name] === true,
  };
}

/** Something a person did or has to do: one sentence of what happened and one of what to do next. Ends the command with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
