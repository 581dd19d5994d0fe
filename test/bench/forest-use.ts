/** How the Forest is used while it is measured: alike in plain Chromium and in VS Code. */
import type { CDPSession, Frame, Page } from "playwright-core";

/** `x`: over the list. */
export async function scroll(page: Page, x: number, seconds: number): Promise<void> {
  await page.mouse.move(x, 500);
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    await page.mouse.wheel(0, Math.floor(Date.now() / 3000) % 2 === 0 ? 240 : -200);
    await page.waitForTimeout(16);
  }
}

/** Types the name of an agent and takes it back, again and again. `view` is where the Forest is. */
export async function search(page: Page, view: Page | Frame, name: string, seconds: number): Promise<void> {
  await view.getByLabel("Search agents").focus();
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    for (const key of name) await press(page, key);
    for (const _ of name) await press(page, "Backspace");
  }
}

async function press(page: Page, key: string) {
  await page.keyboard.press(key);
  await page.waitForTimeout(60);
}

/** Of the keys so far and of moves among rows, in ms; the browser tells of an input from 16 ms on, the others count as 16. */
export async function latencies(page: Page, view: Page | Frame): Promise<number[]> {
  await view.locator(".agent .head").first().focus();
  for (let at = 0; at < 150; at++) await press(page, at % 50 === 49 ? "Enter" : "ArrowDown");
  const { slow, keys }: { slow: number[]; keys: number } = await view.evaluate(() => Reflect.get(window, "bench").seen());
  return [...slow, ...Array.from({ length: Math.max(0, keys - slow.length) }, () => 16)];
}

/** Bytes. */
export async function heap(debug: CDPSession): Promise<number> {
  await debug.send("HeapProfiler.collectGarbage");
  return (await debug.send("Runtime.getHeapUsage")).usedSize;
}

export function quantile(all: readonly number[], share: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
