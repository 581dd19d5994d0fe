/** Random Python programs, valid but as strangely laid out as the language lets them be: one-liners of every kind among blocks, strings and continuations. */
import fc from "fast-check";

/** A program's text. Names are not defined and `break` stands anywhere: it parses, it need not run. */
export const programs: fc.Arbitrary<string> = fc
  .record({
    statements: fc.array(
      fc.nat({ max: 2 }).chain((depth) => statement(depth)),
      { minLength: 1, maxLength: 6 },
    ),
    unit: fc.constantFrom("    ", "  ", "\t", " "),
    newline: fc.constantFrom("\n", "\n", "\r\n", "\r"),
    mark: fc.constantFrom("", "", "\ufeff"),
    ending: fc.boolean(),
  })
  .map(({ statements, unit, newline, mark, ending }) => {
    const text = statements.map((it) => it("", unit)).join("\n");
    return mark + `${text}${ending ? "\n" : ""}`.replaceAll("\n", newline);
  });

/** Lines for a statement with this indentation, in a file that indents by `unit`. */
type Statement = (indent: string, unit: string) => string;

const gap = fc.constantFrom("", " ", " ", "  ", "\t", " \\\n  ", "\\\n", " \f ");
const comment = fc.constantFrom(
  "",
  "",
  "",
  "  # x: y; z",
  "# type: ignore",
  "  # pragma: no cover",
  ' # it\'s """ one',
  "  # noqa: F401",
  "#",
);

const strings = fc.constantFrom(
  `"a: b; c"`,
  `'it\\'s; "x"'`,
  `r"\\"`,
  `b'\\\\'`,
  `Rb"#"`,
  `""`,
  `'''x: "y"; \n  if a: b\n'''`,
  `"""\n\tq = 1; r = 2 # c\\"""\n"""`,
  `"a\\\n  b; c: d"`,
  `f"{x:>{w}}; {y!r:^10}"`,
  `f'{{a: {b["c;d"]}}}'`,
  `f"""{x:%H:%M}\n  {y}; z: {lambda_}"""`,
  `rf'{(lambda q: q)(1)}: {{}}'`,
  `f"{a if b else 'c: d'}" "e; f"`,
  `fr"{x}\\d;{y=}"`,
  `F"{d[1:2]}; {x:{'>'}{10}}"`,
);

const atoms = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("a", "x.y", "f()", "match", "case", "type_", "self.if_", "lambda_", "é", "1", "0x1F", "1e5", "...", "None"),
  },
  { weight: 2, arbitrary: strings },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "d[1:2]",
      "d[:, ::2]",
      "{1: 2, 'a': {3: [4]}}",
      "{x: y for x in z if w}",
      "f(a, key=lambda q: q, **k)",
      "(y := 5)",
      "[\n a, # b: c; d\n\n  e]",
      "(lambda: 0)()",
      "(a\n if b else\n  c)",
      "f(\n)",
      "(yield)",
    ),
  },
);

const operations = fc.constantFrom(" + ", "+", " if a else ", " and ", " not in ", " \\\n or ");
const expressions: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: atoms },
  { weight: 2, arbitrary: fc.tuple(atoms, operations, atoms).map((it) => it.join("")) },
);
/** With a lambda outside brackets. */
const lambdas = fc
  .tuple(fc.constantFrom("lambda: ", "lambda x, *y: ", "lambda q=(1): ", "lambda a={1: 2}: "), atoms)
  .map((it) => it.join(""));
const values = fc.oneof({ weight: 6, arbitrary: expressions }, { weight: 1, arbitrary: lambdas });

const simple = fc.oneof(
  { weight: 3, arbitrary: values },
  { weight: 2, arbitrary: values.map((it) => `x = ${it}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("n", "case", "match", "match_keys", "self.x", "d[1:2]", "case[0]", "type"), values)
      .map(([n, v]) => `${n}: ${v}`),
  },
  { weight: 1, arbitrary: values.map((it) => `limit: int = ${it}`) },
  { weight: 1, arbitrary: expressions.map((it) => `assert ${it}, "x: y"`) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "pass",
      "...",
      "import os, sys",
      "from a import (b,\n  c)",
      "del d[1:2]",
      "raise E from e",
      "global g",
      "x += 1",
      "async_ = 1",
      "match(a)",
      "case(a)",
      "print(a)",
      "match = {1: 2}",
      "continue",
      "return",
    ),
  },
);

/** Simple statements on one logical line. */
const simples = fc
  .tuple(fc.array(fc.tuple(simple, gap, gap), { minLength: 1, maxLength: 3 }), fc.constantFrom("", "", "", ";", " ;", "; "))
  .map(([all, last]) => all.map(([it, before, after], i) => (i < all.length - 1 ? `${it}${before};${after}` : it)).join("") + last);

const headers = {
  if: values.map((it) => `if ${it}`),
  elif: values.map((it) => `elif ${it}`),
  while: fc.oneof(values, fc.constant("(x := f())"), fc.constant("y:=f()")).map((it) => `while ${it}`),
  for: fc.tuple(fc.constantFrom("for i in ", "for a, (b, c) in ", "for d[1:2] in ", "for i in*a, "), expressions).map((it) => it.join("")),
  with: fc
    .tuple(fc.constantFrom("with ", "with(a), "), expressions, fc.constantFrom("", " as f", " as d[1:2]", ", b as c"))
    .map((it) => it.join("")),
  except: fc.constantFrom("except", "except E", "except(E)", "except (A, B) as e", "except E if a else F"),
  class: fc.constantFrom("class C", "class C()", "class C(B, metaclass=M)", "class C(f(lambda: 0))", "class C(d[1:2])"),
  def: fc.constantFrom("def f()", "def f(a: int = 1, *, b: str = 'x') -> d[1:2]", "def f(a=lambda: 0)", "def f() -> T"),
  case: fc.constantFrom(
    "case 1",
    "case [a, *b]",
    "case(1)",
    'case"x: y"',
    'case {"a": b, **c}',
    "case P(x=1) | None",
    "case -1",
    "case x if y",
    "case x if (lambda: 1)()",
    "case _",
    "case a.b",
  ),
};

type Header = string;
type Clause = { header: Header; body: Statement };

/** A header with its body, on the same line or below. */
function clause(header: fc.Arbitrary<Header>, depth: number): fc.Arbitrary<Clause> {
  const oneLine = fc.tuple(gap, gap, simples, comment).map(
    ([before, after, body, note]): Statement =>
      () =>
        `${before}:${after}${body}${closed(body, note)}`,
  );
  if (depth === 0) return fc.record({ header, body: oneLine });
  const block = fc.tuple(comment, fc.array(statement(depth - 1), { minLength: 1, maxLength: 3 })).map(
    ([note, body]): Statement =>
      (indent, unit) =>
        `:${note}\n${body.map((it) => it(indent + unit, unit)).join("\n")}`,
  );
  return fc.record({ header, body: fc.oneof({ weight: 3, arbitrary: oneLine }, { weight: 1, arbitrary: block }) });
}

const closed = (_body: string, note: string) => note;

function statement(depth: number): fc.Arbitrary<Statement> {
  const line = fc.tuple(simples, comment).map(
    ([body, note]): Statement =>
      (indent) =>
        indent + body + note,
  );
  const blank = fc.constantFrom<Statement>(
    () => "",
    () => "  # if a: b; c",
    (indent) => `${indent}# d;`,
    () => "\f",
  );
  return fc.oneof(
    { weight: 4, arbitrary: line },
    { weight: 5, arbitrary: compound(depth) },
    {
      weight: 1,
      arbitrary: fc.tuple(blank, line).map(
        ([a, b]): Statement =>
          (indent, unit) =>
            `${a(indent, unit)}\n${b(indent, unit)}`,
      ),
    },
  );
}

function compound(depth: number): fc.Arbitrary<Statement> {
  const of = (...headersOf: fc.Arbitrary<Header>[]) => fc.tuple(...headersOf.map((it) => clause(it, depth)));
  const fixed = (header: Header) => fc.constant(header);
  const asynchronous = (header: fc.Arbitrary<Header>) =>
    fc.tuple(fc.constantFrom("", "", "async ", "async\t"), header).map((it) => it.join(""));
  const alone = fc.oneof(
    of(headers.if),
    of(headers.if, fixed("else")),
    of(headers.if, headers.elif, fixed("else")),
    of(headers.while, fixed("else")),
    of(headers.while),
    of(headers.for),
    of(headers.with),
    of(headers.class),
    of(headers.def),
    of(fixed("try"), headers.except),
    of(fixed("try"), fixed("except* E")),
    of(fixed("try"), fixed("finally")),
    of(fixed("try"), headers.except, fixed("else"), fixed("finally")),
  );
  const functions = asynchronous(headers.def).chain((it) => of(fixed(it)));
  const plain = fc.oneof({ weight: 8, arbitrary: alone }, { weight: 1, arbitrary: functions }).map(
    (clauses): Statement =>
      (indent, unit) =>
        clauses.map((it) => indent + it.header + it.body(indent, unit)).join("\n"),
  );
  const matches = fc
    .tuple(
      fc.constantFrom("match x", "match (a == b)", "match f(\n  1,\n2)", "match -x", 'match {"a": 1}[k]', "match x, y", "match [a][0]"),
      comment,
      fc.array(clause(headers.case, depth), { minLength: 1, maxLength: 3 }),
    )
    .map(
      ([subject, note, clauses]): Statement =>
        (indent, unit) =>
          [`${indent}${subject}:${note}`, ...clauses.map((it) => indent + unit + it.header + it.body(indent + unit, unit))].join("\n"),
    );
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: matches });
}
