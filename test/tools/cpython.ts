/** CPython 3.14 in this process, whatever Python the machine has: Pyodide, the interpreter itself compiled to WebAssembly. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
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
`;

const answer = "json.dumps([verdict(*it) for it in json.loads(pairs)])";

const verdicts = z.array(z.enum(["same", "different", "unparsable"]));

/** The second program with its wrappers taken off: `telemetry(x)` is `x` again, decorators and imports of the runtime are gone. */
const unwrapping = `
names = {"telemetry", "cost_control", "cockpit_telemetry", "cockpit_cost_control"}
def of_runtime(node): return isinstance(node, ast.Name) and node.id in names
class Unwrap(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        return node.args[0] if of_runtime(node.func) and len(node.args) == 1 and not node.keywords else node
    def visit_ImportFrom(self, node):
        return None if (node.module or "").split(".")[-1] == "cockpit_runtime" else node
    def undecorate(self, node):
        node.decorator_list = [it for it in node.decorator_list if not of_runtime(it)]
        return self.generic_visit(node)
    visit_FunctionDef = visit_AsyncFunctionDef = undecorate
def unwrapped(text):
    tree = Unwrap().visit(ast.parse(text.encode()))
    compile(text, "fixed.py", "exec")
    return ast.dump(tree)
def verdict(before, after):
    first = program(before)
    return "unparsable" if first is None else "same" if first == unwrapped(after) else "different"
`;

/** For each pair of texts: is the second the first, but that model clients are wrapped and functions decorated with a cockpit runtime? It must compile too. */
export const sameButWrapped = (pairs: readonly Pair[]) => compare(pairs, unwrapping);

interface Pair {
  before: string;
  after: string;
}

/** For each pair of texts: does Python's `ast` see the same program in both? `unparsable` when it sees none in the first. */
export const samePrograms = (pairs: readonly Pair[]) => compare(pairs);

async function compare(pairs: readonly Pair[], more = ""): Promise<z.infer<typeof verdicts>> {
  const home = await npmTool("pyodide", "314.0.7");
  const { loadPyodide }: PyodideModule = await import(pathToFileURL(join(home, "pyodide.mjs")).href);
  const python = await loadPyodide();
  python.globals.set("pairs", JSON.stringify(pairs.map(({ before, after }) => [before, after])));
  return verdicts.parse(JSON.parse(z.string().parse(python.runPython(`${script}${more}${answer}`))));
}
