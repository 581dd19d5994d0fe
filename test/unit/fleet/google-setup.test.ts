/** The commands that set Google Cloud up go through a shell: names that are none, and filters with quotes, must not reach it as such. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setupSteps } from "../../../server/telemetry/google/setup.ts";

test("each part is made before what needs it", () => {
  const commands = setupSteps({ project: "my-project" }).map((it) => it.command);
  const at = (part: RegExp) => commands.findIndex((it) => part.test(it));
  const order = [
    /topics create cockpit-events /,
    /topics create cockpit-events-dead /,
    /subscriptions create cockpit-events-cockpit .*--dead-letter-topic=cockpit-events-dead/,
    /subscriptions add-iam-policy-binding cockpit-events-cockpit /,
    /logging sinks create cockpit-events pubsub\.googleapis\.com\/projects\/my-project\/topics\/cockpit-events /,
    /topics add-iam-policy-binding cockpit-events /,
  ].map(at);
  assert.ok(
    order.every((it, i) => it >= 0 && it > (order[i - 1] ?? -1)),
    order.join(),
  );
});

test("a filter comes out of the shell as it went in", () => {
  const filter = `jsonPayload.x="it's" AND $(false) \`false\` "q"`;
  const command = setupSteps({ project: "my-project", filter }).find((it) => it.command.includes("sinks create"))?.command ?? "";
  const argument = execFileSync("sh", [
    "-c",
    command.replace("gcloud logging sinks create", `for it in; do :; done; printf '%s\\n'`),
  ]).toString();
  assert.ok(argument.split("\n").includes(`--log-filter=${filter}`), argument);
});

test("names that Google does not allow are refused", () => {
  for (const project of ["p; rm -rf x", "Has-Capitals", "", "$(x)"])
    assert.throws(() => setupSteps({ project }), /is no id of a Google Cloud project/);
  for (const topic of ["a b", "google-x", "x'y", "--project"])
    assert.throws(() => setupSteps({ project: "my-project", topic }), /is no name of a topic/);
});
