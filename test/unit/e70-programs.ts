/** Random Python programs, valid but as strangely laid out as the language lets them be: one-liners of every kind among blocks, strings and continuations. */
import fc from "fast-check";

/**
 * A grammar: each name stands for one of its templates, in which `<other>` stands for one of another name's. `⏎` parts logical lines, `⇥` and `⇤` open
 * and close a block. The first template of a name is where recursion ends.
 */
const grammar: Record<string, readonly string[]> = {
  program: ["<statement>", "<statement>⏎<statement>", "<statement>⏎<statement>⏎<statement>⏎<statement>"],
  statement: ["<line>", "<line>", "<compound>", "<compound>", "<compound>", "<blank>⏎<compound>"],
  blank: ["", "  # if a: b; c", "# d;", "\f"],
  line: ["<simples><comment>"],
  simples: ["<simple><last>", "<simple><gap>;<gap><simple><last>", "<simple><gap>;<gap><simple><gap>;<gap><simple><last>"],
  last: ["", "", "", ";", " ;", "; "],
  gap: ["", " ", " ", "  ", "\t", " \\\n  ", "\\\n", " \f "],
  comment: ["", "", "", "  # x: y; z", "# type: ignore", "  # pragma: no cover", ' # it\'s """ one', "  # noqa: F401", "  # noqa", "#"],

  simple: [
    "<value>",
    "x = <value>",
    "<annotated>: <name>",
    "x: int = <value>",
    'assert <expression>, "x: y"',
    "<phrase>",
    "<phrase>",
    "<phrase>",
  ],
  annotated: ["n", "case", "match", "match_keys", "self.x", "d[1:2]", "case[0]", "type"],
  phrase: [
    "pass",
    "...",
    "import os, sys",
    "from a import (b,\n  c)",
    "del d[1:2]",
    "raise E from e",
    "x += 1",
    "async_ = 1",
    "match(a)",
    "case(a)",
    "match = {1: 2}",
    "type = 1",
    "type X = dict[str, int]",
    "type X[T: int] = (lambda: T)",
    "return",
  ],

  value: ["<expression>", "<expression>", "<expression>", "<expression>", "<lambda>"],
  lambda: ["lambda: <atom>", "lambda x, *y: <atom>", "lambda q=(1): <atom>", "lambda a={1: 2}: <atom>"],
  expression: ["<atom>", "<atom>", "<atom> + <atom>", "<atom> if a else <atom>", "<atom> not in <atom>", "<atom> \\\n or <atom>"],
  atom: ["<name>", "<name>", "<string>", "<bracket>"],
  name: ["a", "x.y", "f()", "match", "case", "type_", "self.if_", "lambda_", "é", "1", "0x1F", "1e5", "...", "None"],
  bracket: [
    "d[1:2]",
    "d[:, ::2]",
    "{1: 2, 'a': {3: [4]}}",
    "{x: y for x in z if w}",
    "f(a, key=lambda q: q, **k)",
    "(y := 5)",
    "[\n a, # b: c; d\n\n  e]",
    "(lambda: 0)()",
    "(a\n or b)",
    "f(\n)",
  ],
  string: [
    `"a: b; c"`,
    `'it\\'s; "x"'`,
    `r"\\\\"`,
    `b'\\\\'`,
    `Rb"#"`,
    `'''x: "y"; \n  if a: b\n'''`,
    `"""\n\tq = 1; r = 2 # c\\"""\n"""`,
    `"a\\\n  b; c: d"`,
    `f"{x:>{w}}; {y!r:^10}"`,
    `f'{{a: {b["c;d"]}}}'`,
    `f"""{x:%H:%M}\n  {y}; z: {lambda_}"""`,
    `rf'{(lambda q: q)(1)}: {{}}'`,
    `f"{a if b else 'c: d'}" "e; f"`,
    `fr"{x}\\d;{y=}"`,
    `f"{d["k;"]}: {f"{x:{"#"}}"}"`,
    `f"{\n x # y: z\n}; #"`,
    `t"{a}: {b!s:>3};"`,
  ],

  suite: [
    "<gap>:<gap><simples><comment>",
    "<gap>:<gap><simples><comment>",
    ":<comment>⇥<statement>⇤",
    ":<comment>⇥<statement>⏎<statement>⇤",
  ],
  compound: [
    "if <value><suite>",
    "if <value><suite>⏎else<suite>",
    "if <value><suite>⏎elif <value><suite>⏎else<suite>",
    "while <condition><suite>",
    "while <condition><suite>⏎else<suite>",
    "for <target> in <expression><suite>",
    "async for <target> in*a, <expression><suite>",
    "with <expression><as><suite>",
    "async\twith(a), <expression><as><suite>",
    "try<suite>⏎except <error><suite>",
    "try<suite>⏎except* E<suite>",
    "try<suite>⏎finally<suite>",
    "try<suite>⏎except <error><suite>⏎except<suite>⏎else<suite>⏎finally<suite>",
    "class <class><suite>",
    "@f(a, b=lambda: 0)⏎class <class><suite>",
    "<def><suite>",
    "@d.x⏎async <def><suite>",
    "match <subject>:<comment>⇥<cases>⇤",
    "match <subject>:<comment>⇥<cases>⇤",
  ],
  condition: ["<value>", "(x := f())", "y:=f()"],
  target: ["i", "a, (b, c)", "d[1:2]"],
  as: ["", " as f", " as d[1:2]", ", b as c"],
  error: ["E", "(A, B) as e", "E if a else F"],
  class: ["C", "C()", "C(B, metaclass=M)", "C(f(lambda: 0))", "C[T: (int, str)](d[1:2])"],
  def: ["def f()", "def f(a: int = 1, *, b: str = 'x') -> d[1]", "def f[T](a=lambda: 0)"],
  subject: ["x", "(a == b)", "f(\n  1,\n2)", "-x", '{"a": 1}[k]', "x, y", "[a][0]"],
  cases: ["case <pattern><suite>", "case <pattern><suite>⏎case <pattern><suite>"],
  pattern: ["1", "[a, *b]", "(1)", '"x: y"', '{"a": b, **c}', "P(x=1) | None", "-1", "x if y", "x if (lambda: 1)()", "_ if y", "a.b"],
};

const { program } = fc.letrec<Record<string, string>>((tie) =>
  Object.fromEntries(
    Object.entries(grammar).map(([name, templates]) => [
      name,
      fc.oneof({ maxDepth: 8, depthIdentifier: name === "suite" ? "block" : name }, ...templates.map((it) => filled(it, tie))),
    ]),
  ),
);

/** A template with its names replaced. */
function filled(template: string, tie: (name: string) => fc.Arbitrary<string>): fc.Arbitrary<string> {
  const [first = "", ...rest] = template.split(/<(\w+)>/);
  return fc.tuple(...rest.map((it, i) => (i % 2 === 0 ? tie(it) : fc.constant(it)))).map((parts) => first + parts.join(""));
}

/** Logical lines, indented by `unit`. Line breaks within strings and brackets stay where they are. */
function laidOut(program: string, unit: string): string {
  let depth = 0;
  return program.replaceAll(/[⏎⇥⇤]+/g, (marks) => {
    for (const mark of marks) depth += mark === "⇥" ? 1 : mark === "⇤" ? -1 : 0;
    return `\n${unit.repeat(depth)}`;
  });
}

/** A program's text. Names are not defined and `return` stands anywhere: it parses, it need not run. */
export const programs: fc.Arbitrary<string> = fc
  .record({
    program: program ?? fc.constant(""),
    unit: fc.constantFrom("    ", "  ", "\t", " "),
    // No lone carriage returns: the parser that checks fixes does not know them.
    newline: fc.constantFrom("\n", "\n", "\r\n"),
    mark: fc.constantFrom("", "", "\ufeff"),
    ending: fc.constantFrom("\n", ""),
  })
  .map((it) => it.mark + (laidOut(it.program, it.unit).trimEnd() + it.ending).replaceAll("\n", it.newline));
