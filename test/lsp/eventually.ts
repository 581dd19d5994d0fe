/** Waiting for what a server says in its own time. */
import assert from "node:assert/strict";

/** Generous: the machine may be busy. Nothing is measured here. */
const patienceMs = 20_000;

/** Polls until `read` gives `expected`; fails with the difference when it never does. */
export async function eventually<T>(read: () => T | Promise<T>, expected: T): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const actual = await read();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 10));
  }
}
