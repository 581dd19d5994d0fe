/** An alert's sentence shows numbers as people read them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alertText } from "../../../server/fleet/alert-text.ts";
import type { Alert } from "../../../server/fleet/anomaly/alert.ts";
import { alert } from "../../webview/fleet.ts";

const cases: [change: Partial<Alert>, text: string][] = [
  [{ kind: "budget", seen: 10_012, expected: 10_000 }, "a has spent more than its budget: 10,012 of 10,000 tokens an hour"],
  [{ kind: "budget", seen: 1.0000012, expected: 1, unit: "usd a day" }, "a has spent more than its budget: 1.0000012 of 1 usd a day"],
  [{ kind: "budget", seen: Number.NaN, expected: Number.NaN }, "a has spent more than its budget (chat)"],
  [
    { kind: "latency", seen: 1_234_567.8, expected: 0.00012345, unit: "ms" },
    "a answers later than it should (chat): 1,230,000 ms, expected 0.000123; sure to 90 %",
  ],
  [{ kind: "spike", seen: 1.5e300, expected: -20_123, unit: "" }, "a shows a spike (chat): 1.50e+300, expected -20,100; sure to 90 %"],
];
for (const [change, text] of cases)
  test(text, () => {
    assert.equal(alertText(alert("a", { sure: 0.9, about: "chat", ...change })), text);
  });
