/** The built Forest in plain Chromium, with a stand-in for VS Code's side: its page, its theme, its messages. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { forestPage } from "../../client/forest/page.ts";
import { type HostMessage, type ViewMessage, viewMessageSchema } from "../../server/protocol/forest.ts";
import { openBrowser } from "../extension/window.ts";
import { type Theme, themes } from "./themes.ts";

const built = join(import.meta.dirname, "../../dist/webview");
const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", ttf: "font/ttf" };

export interface Host {
  url: string;
  end(): void;
}

export async function serveForest(): Promise<Host> {
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const [name = ""] = url.slice(1).split("?");
    if (name === "")
      return response
        .writeHead(200, { "Content-Type": "text/html" })
        .end(forestPage({ script: "forest.js", style: "forest.css", source: "'self'", nonce: "harness" }));
    const file = /^\w+\.\w+$/.test(name) ? await readFile(join(built, name)).catch(() => undefined) : undefined;
    if (!file) return response.writeHead(404).end();
    return response.writeHead(200, { "Content-Type": types[name.split(".").at(-1) ?? ""] ?? "text/plain" }).end(file);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(z.object({ port: z.number() }).parse(server.address()).port));
  });
  return { url: `http://127.0.0.1:${port}/`, end: () => server.close() };
}

export interface View {
  page: Page;
  /** What the view asked for, checked. */
  asked: ViewMessage[];
  /** What went wrong in the page, refusals of its policy included. */
  problems: string[];
  say(...messages: readonly HostMessage[]): Promise<void>;
  /** Anything at all, as another version of the host might. */
  sayAnything(message: unknown): Promise<void>;
  wear(theme: Theme): Promise<void>;
}

export interface ViewOptions {
  theme?: Theme;
  width?: number;
  height?: number;
  reducedMotion?: boolean;
}

export async function openForest(browser: Browser, { url }: Host, options: ViewOptions = {}): Promise<View> {
  const { theme = "dark", width = 1280, height = 800, reducedMotion = false } = options;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: reducedMotion ? "reduce" : "no-preference" });
  const page = await context.newPage();
  const [asked, problems]: [ViewMessage[], string[]] = [[], []];
  page.on("console", (it) => it.type() === "error" && problems.push(it.text()));
  page.on("pageerror", (it) => problems.push(String(it)));
  await page.exposeFunction("askHost", (message: unknown) => void asked.push(viewMessageSchema.parse(message)));
  await page.addInitScript(standIn);
  const view: View = {
    page,
    asked,
    problems,
    say: (...messages) =>
      page
        .evaluate(
          post,
          messages.map((it) => JSON.stringify(it)),
        )
        .then(() => settled(page)),
    sayAnything: (message) => page.evaluate((it) => window.postMessage(it, "*"), message).then(() => settled(page)),
    wear: (it) => page.evaluate(dress, { ...themes[it], all: Object.values(themes).flatMap(({ variables }) => Object.keys(variables)) }),
  };
  await page.goto(url);
  await view.wear(theme);
  return view;
}

/** Of a file of tests: opens views, each closed after its test and without problems of its own. */
export function forests(): (t: { after(run: () => Promise<void>): void }, options?: ViewOptions) => Promise<View> {
  let host: Host;
  let browser: Browser;
  before(async () => {
    host = await serveForest();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    host?.end();
  });
  return async (t, options) => {
    const view = await openForest(browser, host, options);
    t.after(async () => {
      await view.page.context().close();
      assert.deepEqual(view.problems, []);
    });
    return view;
  };
}

export const shoot = ({ page }: View, name: string): Promise<Buffer> => page.screenshot({ path: join(screenshots, `${name}.png`) });

const screenshots = join(import.meta.dirname, "../../test-results/forest");

function post(messages: string[]) {
  for (const it of messages) window.postMessage(it, "*");
}

/** Two frames on, what was said is on the screen. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));

/** Runs in the page, before its own script. What is kept survives a reload, as in VS Code. */
function standIn() {
  const name = "kept";
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => Reflect.get(window, "askHost")(JSON.parse(JSON.stringify(message))),
      getState: () => JSON.parse(sessionStorage.getItem(name) ?? "null") ?? undefined,
      setState: (state: unknown) => sessionStorage.setItem(name, JSON.stringify(state)),
    }),
  });
}

function dress({ bodyClass, variables, all }: { bodyClass: string; variables: Readonly<Record<string, string>>; all: string[] }) {
  for (const name of all) document.documentElement.style.removeProperty(`--vscode-${name}`);
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
  document.body.className = bodyClass;
}
