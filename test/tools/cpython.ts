/** CPython 3.14 in this process, whatever Python the machine has: Pyodide, the interpreter itself compiled to WebAssembly. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { npmTool } from "./npm.ts";

/** The part of `pyodide` that is used here. */
interface PyodideModule {
  loadPyodide(): Promise<{ globals: { set(name: string, value: string): void }; runPython(code: string): unknown }>;
}

const script = `
import ast, json, warnings
warnings.simplefilter("ignore")
def program(text):
    try: return ast.dump(ast.parse(text.encode()))
    except (SyntaxError, ValueError, RecursionError): return None
def verdict(before, after):
    first = program(before)
    return "unparsable" if first is None else "same" if first == program(after) else "different"
json.dumps([verdict(*it) for it in json.loads(pairs)])
`;

const verdicts = z.array(z.enum(["same", "different", "unparsable"]));

/** For each pair of texts: does Python's `ast` see the same program in both? `unparsable` when it sees none in the first. */
export async function samePrograms(pairs: readonly { before: string; after: string }[]): Promise<z.infer<typeof verdicts>> {
  const home = await npmTool("pyodide", "314.0.7");
  const { loadPyodide }: PyodideModule = await import(pathToFileURL(join(home, "pyodide.mjs")).href);
  const python = await loadPyodide();
  python.globals.set("pairs", JSON.stringify(pairs.map(({ before, after }) => [before, after])));
  return verdicts.parse(JSON.parse(z.string().parse(python.runPython(script))));
}
