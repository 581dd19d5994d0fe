/** A gcloud for tests that knows a sink and rights as the real one does: making what is there fails, granting it again says nothing. What it was told is kept in a file. */
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Its folder, for the PATH, and what it was told, a line a call; `bq` only notes. */
export function fakeGcloud() {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-gcloud-"));
  const state = join(folder, "state.json");
  writeFileSync(state, '{"calls": [], "sinks": {}, "policies": {}}');
  for (const name of ["gcloud", "bq"]) {
    writeFileSync(join(folder, name), program(name, state));
    chmodSync(join(folder, name), 0o755);
  }
  const calls = (): string[] => JSON.parse(readFileSync(state, "utf8")).calls;
  return { folder, calls };
}

const program = (name: string, state: string) => `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
const state = JSON.parse(readFileSync(${JSON.stringify(state)}, "utf8"));
const args = process.argv.slice(2).filter((it) => it !== "--quiet");
const [words, flags] = [args.filter((it) => !it.startsWith("--")), args.filter((it) => it.startsWith("--"))];
const flag = (name) => flags.find((it) => it.startsWith("--" + name + "="))?.slice(name.length + 3);
const keep = () => writeFileSync(${JSON.stringify(state)}, JSON.stringify(state));
state.calls.push(${JSON.stringify(name)} + " " + args.join(" "));
keep();
const [what, ...rest] = words;
const resource = rest.at(-1);
if (${JSON.stringify(name)} === "bq" || words.slice(0, 3).join(" ").endsWith("topics create") || words.slice(0, 3).join(" ").endsWith("subscriptions create")) process.exit(0);
else if (what === "projects") console.log("123456789");
else if (rest[0] === "sinks" && rest[1] === "list") console.log(Object.keys(state.sinks).filter((it) => "name=" + it === flag("filter")).join("\\n"));
else if (rest[0] === "sinks" && rest[1] === "create") {
  if (state.sinks[rest[2]]) { console.error("ERROR: (gcloud.logging.sinks.create) Resource in projects [x] is the subject of a conflict: Sink " + rest[2] + " already exists"); process.exit(1); }
  state.sinks[rest[2]] = { to: rest[3], filter: flag("log-filter") };
} else if (rest[0] === "sinks" && rest[1] === "describe") {
  if (!state.sinks[rest[2]]) { console.error("ERROR: NOT_FOUND"); process.exit(1); }
  console.log("serviceAccount:writer-1@gcp-sa-logging.iam.gserviceaccount.com");
} else if (rest[1] === "get-iam-policy") console.log(JSON.stringify(state.policies[rest[0] + "/" + resource] ?? { etag: "ACAB" }));
else if (rest[1] === "add-iam-policy-binding") {
  const policy = (state.policies[rest[0] + "/" + resource] ??= { bindings: [] });
  policy.bindings.push({ role: flag("role"), members: [flag("member")] });
} else { console.error("ERROR: unknown " + args.join(" ")); process.exit(2); }
keep();
`;
