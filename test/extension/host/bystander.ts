/** In a folder without code and without a manifest, the extension stays asleep. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Suite } from "./extension.ts";
import { extension } from "./workspace.ts";

export const bystander: Suite = {
  "does not activate where no agent can be": async () => {
    // Activation events were decided before this suite could start; the wait only makes a late one visible.
    await sleep(2000);
    assert.equal(extension().isActive, false);
  },
};
