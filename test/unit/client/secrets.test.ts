/** What is kept of logins, in a secret storage that takes its time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { forgetLogin, keepLogin, keepRenewed, keptLogins } from "../../../client/auth/secrets.ts";
import type { KeptLogin } from "../../../server/protocol/auth-messages.ts";

function slowStorage() {
  const kept = new Map<string, string>();
  return {
    keys: async () => [...kept.keys()],
    async get(key: string) {
      await setImmediate();
      return kept.get(key);
    },
    async store(key: string, value: string) {
      await setImmediate();
      kept.set(key, value);
    },
    async delete(key: string) {
      await setImmediate();
      kept.delete(key);
    },
    onDidChange: () => ({ dispose() {} }),
  };
}

const azure: KeptLogin = { provider: "azure", indexes: [], saved: "first" };
const google: KeptLogin = { provider: "google", indexes: [] };

test("a renewal replaces what opens a login again", async () => {
  const secrets = slowStorage();
  await Promise.all([keepLogin(secrets, google), keepLogin(secrets, azure)]);
  await keepRenewed(secrets, [{ provider: "azure", saved: "second" }, { provider: "google" }]);
  assert.deepEqual(await keptLogins(secrets), [google, { ...azure, saved: "second" }]);
});

test("a renewal at the same time brings nobody back who logged out", async () => {
  const secrets = slowStorage();
  await keepLogin(secrets, azure);
  await Promise.all([forgetLogin(secrets, "azure"), keepRenewed(secrets, [{ provider: "azure", saved: "second" }])]);
  assert.deepEqual(await secrets.keys(), []);
});
