/** What becomes of a command whose index does not let it in: the table of docs/registries.md, and that no name goes to a public index unless it is known to be public. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Decision, decide } from "../../../server/auth/failover/decide.ts";
import { knownPublic, type LockedPin } from "../../../server/auth/failover/known-public.ts";
import { canonical, isPublicOrigin, type RetryFormat } from "../../../server/auth/failover/names.ts";
import { publicEnvironment } from "../../../server/auth/failover/public-environment.ts";
import { type Verdict, verdicts } from "../../../server/protocol/auth.ts";

const known = new Map([["requests", "on your list"]]);
const isPublic = (url: string) => url.startsWith("https://pypi.org/");

interface Case {
  verdicts: Verdict[];
  names: string[];
  action: Decision["action"];
  decided: string[];
  unclear?: string;
  url?: string;
  format?: "go";
}

const table: Case[] = [
  { verdicts: ["reachable"], names: ["requests"], action: "use", decided: [] },
  { verdicts: ["reachable"], names: ["ours"], action: "use", decided: [] },
  { verdicts: ["needs-login"], names: ["requests"], action: "retry-public", decided: ["requests"] },
  { verdicts: ["forbidden"], names: ["requests"], action: "retry-public", decided: ["requests"] },
  { verdicts: ["cordoned"], names: ["requests"], action: "retry-public", decided: ["requests"] },
  { verdicts: ["needs-login"], names: ["requests", "ours"], action: "stop", decided: ["ours"] },
  { verdicts: ["forbidden"], names: ["ours", "theirs"], action: "stop", decided: ["ours", "theirs"] },
  { verdicts: ["cordoned"], names: ["ours"], action: "stop", decided: ["ours"] },
  { verdicts: ["offline"], names: ["requests"], action: "stop", decided: [] },
  { verdicts: ["tls-failure"], names: ["requests"], action: "stop", decided: [] },
  { verdicts: ["reachable", "needs-login"], names: ["requests"], action: "retry-public", decided: ["requests"] },
  { verdicts: ["offline", "cordoned"], names: ["requests"], action: "retry-public", decided: ["requests"] },
  { verdicts: ["offline", "tls-failure"], names: ["requests"], action: "stop", decided: [] },
  { verdicts: ["needs-login"], names: [], action: "stop", decided: [] },
  { verdicts: ["needs-login"], names: ["requests"], unclear: "a script", action: "stop", decided: [] },
  { verdicts: ["cordoned"], names: ["requests"], url: "https://pypi.org/simple", action: "stop", decided: [] },
  { verdicts: ["needs-login"], names: ["requests"], format: "go", action: "stop", decided: [] },
];

for (const { verdicts: seen, names, action, decided, unclear, url = "https://corp.example/simple", format = "pypi" } of table)
  test(`${seen.join(" and ")}, ${names.join(", ") || "no name"}${unclear ? ", unclear" : ""} → ${action}`, () => {
    const indexes = seen.map((verdict, i) => ({ name: `i${i}`, url, verdict, detail: "seen", next: "log in" }));
    const decision = decide({ indexes, requested: { format, names, ...(unclear ? { unclear } : {}) }, known, isPublic });
    assert.deepEqual({ action: decision.action, names: decision.names }, { action, names: decided });
    const suggests = decision.suggestion.includes("--public");
    assert.equal(suggests, action === "stop" && decided.length > 0);
    if (suggests) assert.match(decision.suggestion, new RegExp(`--public ${decided.join(",")}$`));
  });

/** Drawn from few letters, so that names, pins and lists meet, in other spellings too. */
const name = fc.stringMatching(/^[abAB][._-]?[abAB]$/);
const origin = fc.constantFrom(
  "https://pypi.org/simple",
  "https://pypi.org/simple/",
  "https://files.pythonhosted.org/",
  "https://registry.npmjs.org/ab/-/ab-1.tgz",
  "https://corp.example/simple",
  "https://pypi.org.corp.example/simple",
  "https://pypi.org@corp.example/simple",
  "http://pypi.org/simple",
  undefined,
);
const pin = fc.record({ name, local: fc.boolean(), hashed: fc.boolean(), origin, file: fc.constant("uv.lock") });

test("a name that is not known to be public is in no retry, whatever the pins and lists", () => {
  const situation = fc.record({
    format: fc.constantFrom<RetryFormat>("pypi", "npm"),
    names: fc.array(name, { minLength: 1, maxLength: 2 }),
    listed: fc.array(name, { maxLength: 8 }),
    pins: fc.array(pin, { maxLength: 6 }),
    verdicts: fc.array(fc.constantFrom(...verdicts), { minLength: 1, maxLength: 3 }),
    unclear: fc.constantFrom(undefined, undefined, undefined, "a script"),
  });
  let retries = 0;
  fc.assert(
    fc.property(situation, ({ format, names, listed, pins, verdicts: seen, unclear }) => {
      const requested = { format, names: names.map((it) => canonical(it, format)), ...(unclear ? { unclear } : {}) };
      const locked = pins.map(
        ({ origin: from, ...it }): LockedPin => ({ ...it, name: canonical(it.name, format), ...(from ? { origin: from } : {}) }),
      );
      const found = knownPublic(requested.names, format, { listed, pins: locked, env: {} });
      const indexes = seen.map((verdict, i) => ({ name: `i${i}`, url: "https://corp.example/", verdict, detail: "", next: "" }));
      const decision = decide({ indexes, requested, known: found, isPublic });
      if (decision.action !== "retry-public") return;
      retries++;
      assert.equal(unclear, undefined);
      assert.deepEqual(decision.names, requested.names);
      for (const it of decision.names) assert(isReallyPublic(it, format, listed, locked), `${it} of ${JSON.stringify({ listed, locked })}`);
    }),
    { numRuns: 20_000, seed: 1 },
  );
  assert(retries > 500, `only ${retries} retries were drawn`);
});

/** The rule again, in other words: told by a person, or never seen anywhere but hashed on the public index. */
function isReallyPublic(name: string, format: RetryFormat, listed: readonly string[], pins: readonly LockedPin[]): boolean {
  if (listed.some((it) => canonical(it, format) === name)) return true;
  const home = format === "pypi" ? /^https:\/\/(?:pypi\.org\/simple\/?|files\.pythonhosted\.org\/)$/ : /^https:\/\/registry\.npmjs\.org\//;
  const own = pins.filter((it) => it.name === name);
  return own.length > 0 && own.every((it) => !it.local && it.hashed && it.origin !== undefined && home.test(it.origin));
}

test("a house's own mirror counts as public, and nothing that only looks like it", () => {
  const env = { COCKPIT_PUBLIC_PYPI: "https://mirror.example/pypi/simple" };
  const origins = [
    "https://mirror.example/pypi/simple/",
    "https://mirror.example/pypi/simple-private",
    "https://mirror.example/",
    "https://x@mirror.example/pypi/simple",
  ];
  assert.deepEqual(
    origins.map((it) => isPublicOrigin(it, "pypi", env)),
    [true, false, false, false],
  );
});

test("`npm:` and `pypi:` before a listed name mean one of them alone; several may stand in one word", () => {
  const found = (format: RetryFormat) => [
    ...knownPublic(["a", "b", "c"], format, { listed: ["npm:a,b", " pypi:c "], pins: [], env: {} }).keys(),
  ];
  assert.deepEqual(
    [found("npm"), found("pypi")],
    [
      ["a", "b"],
      ["b", "c"],
    ],
  );
});

test("the environment of a retry names the public index alone and holds no credential of another", () => {
  const python = publicEnvironment(
    "pypi",
    { names: ["a"] },
    {
      PATH: "/bin",
      UV_INDEX: "corp=https://corp.example/simple",
      UV_EXTRA_INDEX_URL: "https://u:secret@corp.example/simple",
      UV_INDEX_CORP_PASSWORD: "secret",
      UV_CONFIG_FILE: "/tmp/uv.toml",
      PIP_INDEX_URL: "https://u:secret@corp.example/simple",
      PIP_FIND_LINKS: "https://corp.example/files",
    },
  );
  const url = "https://pypi.org/simple";
  assert.deepEqual(python, { PATH: "/bin", UV_DEFAULT_INDEX: url, UV_NO_CONFIG: "1", PIP_INDEX_URL: url, PIP_EXTRA_INDEX_URL: url });
  const npm = publicEnvironment(
    "npm",
    { names: ["@acme/a"] },
    { NPM_CONFIG_REGISTRY: "https://corp.example/", "npm_config_@other:registry": "https://corp.example/" },
  );
  assert.deepEqual(
    Object.entries(npm).filter(([, value]) => value.startsWith("https:")),
    [
      ["npm_config_registry", "https://registry.npmjs.org/"],
      ["npm_config_@acme:registry", "https://registry.npmjs.org/"],
    ],
  );
});
