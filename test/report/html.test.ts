/** Reports in HTML, in a browser: as a person sees them, by keyboard, for who does not see them, and with names that would take the page over. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { FleetDocument } from "../../server/cli/format/fleet-document.ts";
import { htmlReport } from "../../server/cli/format/html.ts";
import { openBrowser } from "../extension/window.ts";
import { exampleDocument, hostileDocument } from "../unit/example-document.ts";
import { axeProblems } from "../webview/axe.ts";

const screenshots = join(import.meta.dirname, "../../test-results");

let browser: Browser;
let folder: string;
before(async () => {
  [browser, folder] = await Promise.all([openBrowser(), mkdtemp(join(tmpdir(), "report-"))]);
  await mkdir(screenshots, { recursive: true });
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

interface Seen {
  page: Page;
  /** Addresses that the page asked for besides its own, and what its policy refused. */
  complaints: string[];
}

async function open(
  document: FleetDocument,
  { verbose = false, ...options }: BrowserContextOptions & { verbose?: boolean } = {},
): Promise<Seen> {
  const file = join(folder, "report.html");
  await writeFile(file, htmlReport(document, { verbose, version: "1.2.3", made: Date.UTC(2026, 10, 25) }));
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on("request", (it) => it.isNavigationRequest() || complaints.push(it.url()));
  page.on("console", (it) => complaints.push(it.text()));
  page.on("dialog", (it) => complaints.push(it.message()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints };
}

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1100, height: 800 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1100, height: 800 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 360, height: 800 } },
] as const;

for (const { name, ...look } of looks)
  for (const [kind, documentOf] of Object.entries({ example: async () => exampleDocument, hostile: hostileDocument }))
    for (const verbose of [false, true])
      test(`${kind} report, ${name}${verbose ? ", everything in full" : ""}: axe finds nothing, and nothing is fetched or wider than the window`, async () => {
        const { page, complaints } = await open(await documentOf(verbose), { ...look, verbose });
        for (const it of await page.locator("summary").all()) await it.click();
        // A page of a hundred windows takes axe minutes.
        if (kind === "example" || !verbose) assert.deepEqual(await axeProblems(page), []);
        assert.deepEqual(complaints, []);
        const html = page.locator("html");
        assert.equal(await html.evaluate((it) => it.scrollWidth > it.clientWidth), false);
        if (!verbose) await page.screenshot({ path: join(screenshots, `report-${kind}-${name}.png`), fullPage: kind === "example" });
      });

test("names and messages are text, and take nothing over", async () => {
  const hostile = await hostileDocument(true);
  const { page } = await open(hostile, { verbose: true });
  assert.equal(await page.title(), "Fleet");
  assert.equal(await page.locator("img, script, a, iframe, form, input, object, link, svg").count(), 0);
  assert.equal(await page.locator("h3").first().innerText(), hostile.agents[0]?.name);
});

test("the policy lets no script in, even one that is put into the page", async () => {
  const { page } = await open(exampleDocument);
  await page.locator("body").evaluate((body) => {
    const script = body.ownerDocument.createElement("script");
    script.textContent = "document.title = 'taken'";
    body.append(script);
  });
  assert.equal(await page.title(), "Audit");
});

test("landmarks, headings and header cells say what is what", async () => {
  const { page } = await open(exampleDocument);
  for (const [role, count] of [
    ["banner", 1],
    ["main", 1],
    ["contentinfo", 1],
  ] as const)
    assert.equal(await page.getByRole(role).count(), count, role);
  assert.deepEqual(await page.getByRole("heading").allInnerTexts(), ["Audit", "Critical 1", "billing", "Warnings 1", "Green 2"]);
  assert.equal(await page.getByRole("rowheader", { name: "search" }).count(), 1);
  assert.deepEqual(await page.getByRole("columnheader").allInnerTexts(), [
    "Severity",
    "What",
    "Rule",
    "Where",
    "Agent",
    "Why",
    "calls/min",
    "USD/h",
    "About it",
  ]);
});

test("what is folded opens by keyboard, without a script", async () => {
  const { page } = await open(exampleDocument);
  assert.equal(await page.getByText("calm, quiet").isVisible(), false);
  await page.getByText("2 green agents").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByText("calm, quiet").isVisible(), true);
});
