/** Random policies and inputs, whole and broken, on which the three engines must agree to the byte. */
import fc from "fast-check";
import { type Language, type Pair, verdictsOf } from "./engines.ts";

const names = fc.constantFrom("search", "refund", "a", "b.c", "toString", "constructor", "x-1", "Z_9");
const badNames = fc.constantFrom("", "1a", "a b", "__proto__", "ä", "a".repeat(65));
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<unknown>, weight = 150): fc.Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });
const odd = fc.constantFrom<unknown>(null, true, "x", 1.5, -1, [], {}, "\ud800", 2 ** 53, 1e300);
const effect = mostly(fc.constantFrom("log", "warn", "deny"), fc.constantFrom("allow", "", 1));
const count = mostly(fc.integer({ min: 0, max: 6 }), fc.constantFrom<unknown>(1.0, -0, -1, 0.5, 2 ** 53 - 1, 2 ** 53, "1", null));
const number = mostly(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true })), odd);
const places = mostly(
  fc.subarray(["input", "output", "arguments"], { minLength: 1 }),
  fc.constantFrom<unknown>([], ["tool"], "input", null),
);

const atoms = fc.constantFrom(
  "a",
  "B",
  "1",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "\\W",
  "\\S",
  "\\D",
  "[a-c]",
  "[^a-c]",
  "[\\d\\-]",
  "\\.",
  "\\n",
  "@",
  " ",
  "^",
  "$",
  "\\b",
  "(a|b)",
  "(?:1)?",
  "(^a)?",
  "\\x",
  "[z-a]",
  "[]",
  "(",
  ")",
  "[",
  "é",
  "\\",
  "(?=a)",
  "(a+)+",
  "-",
  "]",
  "}",
  "{",
);
const quantifiers = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,3}", "{3,1}", "{1,}", "{65}", "*?", "++");
const soundAtoms = fc.constantFrom("a", "B", "1", ".", "\\d", "\\w", "\\s", "\\W", "[a-c]", "[^a-c]", "\\.", "@", " ", "(a|b)", "(?:1)?");
const soundQuantifiers = fc.constantFrom("", "", "", "+", "?", "{2}", "{0,3}");
const patternOf = (atom: fc.Arbitrary<string>, quantifier: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(atom, quantifier), { maxLength: 5 }).map((it) => it.map(([a, q]) => (/^\(|^[$^]|^\\b/.test(a) ? a : a + q)).join(""));
const pattern = mostly(patternOf(soundAtoms, soundQuantifiers), patternOf(atoms, quantifiers), 25);

/** Some fields, most of the time. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>, always: string[]) => fc.record(fields, { requiredKeys: always });
const scalar = fc.oneof(
  some(
    {
      type: fc.constant("string"),
      required: fc.boolean(),
      enum: mostly(
        fc.array(fc.constantFrom("a", "é", "B1"), { minLength: 1, maxLength: 3 }),
        fc.constantFrom<unknown>([], ["\ufffd"], [1]),
      ),
      minLength: count,
      maxLength: count,
      pattern,
    },
    ["type"],
  ),
  some(
    {
      type: fc.constant("integer"),
      required: fc.boolean(),
      enum: mostly(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }), odd),
      minimum: mostly(fc.integer({ min: -2, max: 3 }), odd),
      maximum: mostly(fc.integer({ min: 0, max: 5 }), odd),
    },
    ["type"],
  ),
  some({ type: fc.constant("number"), required: fc.boolean(), minimum: number, maximum: number }, ["type"]),
  some({ type: fc.constant("boolean"), required: fc.boolean() }, ["type"]),
);
const argument = fc.oneof(
  scalar,
  some({ type: fc.constant("array"), required: fc.boolean(), items: scalar, minItems: count, maxItems: count }, ["type", "items"]),
  mostly(scalar, odd),
);
const dictionary = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) =>
  fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const tool = some({ approval: mostly(fc.boolean(), odd, 200), arguments: dictionary(names, argument) }, []);
const limit = fc.oneof(
  some({ id: names, measure: fc.constantFrom("spend.run", "spend.day", "tokens.run", "tokens.call", "seconds.run"), max: count, effect }, [
    "id",
    "measure",
    "max",
    "effect",
  ]),
  some({ id: names, measure: fc.constant("rate"), max: count, seconds: count, effect }, ["id", "measure", "max", "seconds", "effect"]),
);
const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 3 });
const policy = some(
  {
    version: mostly(fc.constant(1), odd, 200),
    tools: dictionary(names, tool),
    content: list(some({ id: names, pattern, ignoreCase: fc.boolean(), effect, in: places }, ["id", "pattern", "effect", "in"])),
    personalData: list(
      some({ class: fc.constantFrom("email", "phone", "card", "iban", "ssn", "ipv4"), effect, in: places }, ["class", "effect", "in"]),
    ),
    limits: list(limit),
  },
  ["version"],
);

const pieces = fc.constantFrom(
  "a",
  "B",
  "b",
  "1",
  " ",
  "\n",
  "é",
  "😀",
  "\ud800",
  "ſ",
  "K",
  "a@b.example",
  "+49 30 1234567",
  "4111 1111 1111 1111",
  "4111111111111112",
  "DE89370400440532013000",
  "DE00370400440532013000",
  "123-45-6789",
  "000-12-3456",
  "10.0.0.1",
  "999.1.1.1",
  "\u2028",
  "_",
  "-",
  "\u0000",
  "\ufffd",
);
const text = fc.array(pieces, { maxLength: 6 }).map((it) => it.join(""));
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer({ min: -2, max: 6 }),
  fc.double({ min: -3, max: 6, noNaN: true }),
  fc.boolean(),
  fc.array(fc.oneof(text, fc.integer({ min: 0, max: 4 })), { maxLength: 4 }),
  fc.constantFrom<unknown>(null, {}, 1e21, { a: ["a@b.example"] }),
);
const input = some(
  {
    version: mostly(fc.constant(1), odd, 200),
    tool: some(
      {
        name: mostly(names, badNames, 10),
        arguments: dictionary(fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: badNames }), value),
        approved: mostly(fc.boolean(), odd, 200),
      },
      ["name"],
    ),
    input: mostly(text, odd, 200),
    output: mostly(text, odd, 200),
    usage: some(
      {
        spend: some({ run: count, day: count }, []),
        tokens: some({ run: count, call: count }, []),
        seconds: some({ run: count }, []),
        now: count,
        calls: fc.array(count, { maxLength: 5 }),
      },
      [],
    ),
  },
  ["version"],
);

/** Calls a tool that the policy has, with arguments that it names, most of the time. */
const related = fc
  .tuple(policy, input, fc.nat(7), fc.array(value, { minLength: 4, maxLength: 4 }))
  .map(([policy, input, which, values]): [unknown, unknown] => {
    const tools = Object.entries(Object(policy).tools ?? {});
    const [name, tool] = tools[which % (tools.length + 1)] ?? [];
    if (name === undefined) return [policy, input];
    const named = Object.keys(Object(Object(tool).arguments)).map((it, i) => [it, values[i]] as const);
    const call = {
      name,
      arguments: Object.fromEntries(named.slice(0, which === 7 ? 0 : undefined)),
      ...(which % 2 ? { approved: true } : {}),
    };
    return [policy, { ...Object(input), tool: call }];
  });

/** JSON as some program might write it, or a text that is nearly JSON. */
const damage: readonly ((text: string) => string)[] = [
  (it) => it.replace(/\d+/, "1.0"),
  (it) => it.replace(/\d+/, "1e400"),
  (it) => it.replace(/\d+/, "NaN"),
  (it) => it.replace(/\d+/, "01"),
  (it) => it.replace("{", '{"unknown":1,'),
  (it) => it.replace("{", '{"version":1,"version":1,'),
  (it) => it.slice(0, -1),
  (it) => `${it} x`,
  (it) => `\ufeff${it}`,
  (it) => ` \n${it}\t`,
  (it) => `${"[".repeat(40)}${it}${"]".repeat(40)}`,
  (it) => it.replace("{", `{"tool":{"name":"a","arguments":{"a":${"[".repeat(33)}${"]".repeat(33)}}},`),
  (it) => it.replace(/"([a-z])/, '"\\u0041$1'),
  (it) => it.replace(/"/, '"\\q'),
  (it) => it.replaceAll('"', "'"),
  () => "null",
];
const damaged = (it: unknown, which: number) => (damage[which] ?? String)(JSON.stringify(it));
const harm = fc.nat(damage.length * 30);
const written = fc.tuple(related, harm, harm).map(([[policy, input], a, b]): Pair => [damaged(policy, a), damaged(input, b)]);

/** Every code that a verdict can have. */
export const codes =
  "policy-invalid input-invalid tool-not-allowed argument-missing argument-unknown argument-type argument-value argument-range argument-length argument-pattern argument-items approval-required content-forbidden content-too-long personal-data spend-limit token-limit time-limit rate-limit usage-missing".split(
    " ",
  );

export interface Disagreement {
  pair: Pair;
  verdicts: Record<Language, string>;
}

/** Asks all three about `count` pairs; says where they disagree and how often each code occurs. */
export async function fuzz(
  home: string,
  count: number,
  seed: number,
): Promise<{ disagreements: Disagreement[]; histogram: Record<string, number> }> {
  const long = JSON.stringify({ version: 1, input: "a".repeat(100_001) });
  const drawn = fc.sample(written, { numRuns: count, seed });
  const pairs: Pair[] = drawn.map(
    (it, i): Pair => (i % 5_000 === 0 ? ['{"version":1,"personalData":[{"class":"email","effect":"log","in":["input"]}]}', long] : it),
  );
  const [python, typescript, go] = [
    await verdictsOf("python", home, pairs),
    await verdictsOf("typescript", home, pairs),
    await verdictsOf("go", home, pairs),
  ];
  const histogram = Object.fromEntries(codes.map((it) => [it, 0]));
  const disagreements: Disagreement[] = [];
  for (const [i, pair] of pairs.entries()) {
    const verdicts = { python: python[i] ?? "", typescript: typescript[i] ?? "", go: go[i] ?? "" };
    if (new Set(Object.values(verdicts)).size > 1) disagreements.push({ pair, verdicts });
    for (const [, code = ""] of verdicts.python.matchAll(/"code":"([a-z-]+)"/g)) histogram[code] = (histogram[code] ?? 0) + 1;
    const decision = /"decision":"(\w+)"/.exec(verdicts.python)?.[1] ?? "none";
    histogram[decision] = (histogram[decision] ?? 0) + 1;
  }
  return { disagreements, histogram };
}
