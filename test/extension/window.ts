/** A person at VS Code's window: opens files, presses keys, reads what the screen says. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { SuiteContext, TestContext } from "node:test";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";
import { installPackages } from "../../scripts/code-server.ts";

const chromiumFile = "/usr/bin/chromium";
const screenshots = join(import.meta.dirname, "../../test-results");

export async function openBrowser(): Promise<Browser> {
  await installPackages({ [chromiumFile]: "chromium" });
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? chromiumFile, args: ["--no-sandbox", "--disable-gpu", ...quiet] });
}

export interface Window {
  page: Page;
  /** Opens a file of the folder by name through Quick Open. */
  open(file: string): Promise<void>;
  /** Puts the cursor on a line and column, both 1-based. */
  goTo(line: number, column?: number): Promise<void>;
  /** Runs a command by its full title through the palette. */
  command(title: string): Promise<void>;
  /** The same without the mouse. */
  type(title: string): Promise<void>;
  press(...keys: string[]): Promise<void>;
  /** The quick pick or input box that is open. */
  widget: Locator;
  /** Waits for the entry of the quick pick that Enter would choose. */
  focused(text: string): Promise<void>;
  notification(text: string | RegExp): Locator;
  /** Chooses an entry of the quick pick that is open. */
  choose(label: string): Promise<void>;
  /** Chooses the first entry of the light bulb's menu at the cursor whose title matches. */
  quickFix(title: RegExp): Promise<void>;
  showQuickFixes(): Promise<void>;
  /** Chooses from the menu that `showQuickFixes` opened. */
  chooseQuickFix(title: RegExp): Promise<void>;
  /** Waits for something inside any web view. */
  inWebview(find: (frame: Frame) => Locator): Promise<void>;
  /** Waits for a change of the active file and saves it. */
  save(): Promise<void>;
  /** Squiggles in the visible part of the editor. */
  squiggles: Locator;
  screenshot(name: string): Promise<void>;
}

/** Opens a folder of a code-server and waits for the workbench. */
export async function openWindow(browser: Browser, url: string, folder?: string): Promise<Window> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(timeoutMs);
  await page.goto(folder === undefined ? `${url}/?ew=true` : `${url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".monaco-workbench .statusbar").waitFor();
  const input = page.locator(".quick-input-widget input");
  const widget = page.locator(".quick-input-widget:visible");
  const focused = (text: string) => widget.locator(".monaco-list-row.focused", { hasText: text }).waitFor();
  const quickPick = page.locator(".quick-input-list .monaco-list-row");
  const menu = page.locator(".action-widget .monaco-list-row.action");

  async function pick(text: string, row: string) {
    await input.fill(text);
    await quickPick.filter({ hasText: row }).first().click();
  }

  async function press(...keys: string[]) {
    for (const key of keys) await page.keyboard.press(key);
  }

  /** As a person does, presses again what has opened nothing. */
  async function opens(key: string, opened: (options: { timeout: number }) => Promise<void>) {
    for (let turn = 0; turn < 10; turn++) {
      await page.keyboard.press(key);
      const isOpen = await opened({ timeout: timeoutMs / 10 })
        .then(() => true)
        .catch(() => false);
      if (isOpen) return;
    }
    throw new Error(`${key} opens nothing`);
  }

  /** Another extension that is still starting keeps the menu from opening. */
  const showQuickFixes = () => opens("Control+.", (options) => menu.first().waitFor(options));

  /** The list that was open before may still be closing: the key is lost then. */
  const showCommands = () => opens("F1", (options) => input.fill(">", options));

  return {
    page,
    async open(file) {
      await page.keyboard.press("Control+p");
      const name = file.split("/").at(-1) ?? file;
      await pick(file, name);
      await page.locator(".tab.active", { hasText: name }).waitFor();
    },
    async goTo(line, column = 1) {
      await page.keyboard.press("Control+g");
      await input.fill(`:${line}:${column}`);
      // The entry appears once VS Code has understood; only then does it go where it was told.
      await quickPick
        .filter({ hasText: `line ${line}` })
        .first()
        .click();
      await input.waitFor({ state: "hidden" });
      await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    },
    async command(title) {
      await showCommands();
      await pick(`>${title}`, title);
    },
    async type(title) {
      await showCommands();
      await page.keyboard.type(title);
      await focused(title);
      await press("Enter");
    },
    press,
    widget,
    focused,
    notification: (text) => page.locator(".notification-toast", { hasText: text }),
    choose: (label) => quickPick.filter({ hasText: label }).first().click(),
    showQuickFixes,
    chooseQuickFix: (title) => menu.filter({ hasText: title }).first().click(),
    async quickFix(title) {
      await showQuickFixes();
      await menu.filter({ hasText: title }).first().click();
    },
    async inWebview(find) {
      for (let attempt = 0; attempt < 100; attempt++) {
        for (const frame of page.frames())
          if (
            (await find(frame)
              .count()
              .catch(() => 0)) > 0
          )
            return;
        await page.waitForTimeout(100);
      }
      throw new Error("no web view shows it");
    },
    async save() {
      await page.locator(".tab.active.dirty").waitFor();
      await page.keyboard.press("Control+s");
      await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
    },
    squiggles: page.locator(".squiggly-error, .squiggly-warning, .squiggly-info"),
    async screenshot(name) {
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
  };
}

/** What the screen showed, where the test that has just ended failed. */
export async function showFailure(t: TestContext | SuiteContext, window: Window | undefined): Promise<void> {
  if ("passed" in t && !t.passed) await window?.screenshot(`failed ${t.name.replace(/[^\w ]/g, "").slice(0, 60)}`);
}

/** Generous: the machine may be busy; nothing waits longer than it has to. */
const timeoutMs = 30_000;
