/** What dotted names mean that begin with an imported one. */
import type { Import, Resolved } from "./facts.ts";

/** Python's `import a.b`, which binds `a`. */
const isUnaliased = ({ module, start, end }: Import, text: string) => module.includes(".") && text.slice(start, end) === module;

/** Whether what follows the name of such an import walks down its module path. */
export const isWrittenOut = (it: Import, rest: readonly string[], text: string) =>
  isUnaliased(it, text) &&
  it.module
    .split(".")
    .slice(1)
    .every((part, i) => part === rest[i]);

export function resolved(binding: Import, rest: string[], text: string): Resolved {
  // `import a.b.c` binds `a`; what follows in a dotted name walks down the module path first.
  const [top = "", ...path] = binding.module.split(".");
  if (isWrittenOut(binding, rest, text)) return { module: binding.module, name: rest.slice(path.length).join(".") || "*" };
  if (isUnaliased(binding, text)) return { module: top, name: rest.join(".") || "*" };
  const name = binding.name === "*" ? rest : [binding.name, ...rest];
  return { module: binding.module, name: name.join(".") || "*" };
}
