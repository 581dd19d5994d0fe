/** A person logs in to Google from the palette, against token endpoints on loopback; a new terminal then installs from the private index. Screenshots land in test-results/. */
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { type Clouds, openClouds } from "../auth/identities/clouds.ts";
import { serviceAccount } from "../auth/identities/google-cloud.ts";
import { leaks } from "../auth/identities/home.ts";
import { issued } from "../auth/identities/secrets.ts";
import { type Registries, startRegistries } from "../auth/registries.ts";
import { eventually } from "../lsp/eventually.ts";
import { type Session, startSession } from "./session.ts";
import type { Window } from "./window.ts";

describe("logins", () => {
  let clouds: Clouds;
  let registries: Registries;
  let folder: string;
  let session: Session;
  let window: Window;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cockpit-login-"));
    clouds = await openClouds();
    registries = await startRegistries(join(folder, "registries"), [], () => {});
    const project = join(folder, "project");
    await writeProject(project, `${registries.pypi.url}/simple/`);
    const account = join(folder, "service-account.json");
    await writeFile(account, JSON.stringify(serviceAccount));
    session = await startSession({
      folder: project,
      env: () => ({
        ...clouds.environment,
        GOOGLE_APPLICATION_CREDENTIALS: account,
        UV_CACHE_DIR: join(folder, "cache"),
        UV_PYTHON_DOWNLOADS: "never",
      }),
    });
    window = await session.window();
    await window.page.locator(".statusbar-item", { hasText: /Cockpit \d/ }).waitFor();
  });
  after(async () => {
    await session?.end();
    await registries?.stop();
    await clouds?.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async (t) => {
    if ("passed" in t && !t.passed) await window.screenshot(`failed ${t.name.replace(/[^\w ]/g, "").slice(0, 60)}`);
  });

  const widget = () => window.page.locator(".quick-input-widget:visible");
  const notification = (text: string | RegExp) => window.page.locator(".notification-toast", { hasText: text });
  const press = async (...keys: string[]) => {
    for (const key of keys) await window.page.keyboard.press(key);
  };

  /** What uv ended with. */
  async function install(name: string): Promise<"installed" | "refused"> {
    const done = join(session.folder, `${name}.done`);
    const isDone = () => existsSync(done) && statSync(done).size > 0;
    // As a person does, types again where the shell was not there yet.
    for (let turn = 0; turn < 5 && !isDone(); turn++) {
      await window.command("Terminal: Create New Terminal");
      await window.page.locator(".terminal-wrapper.active .xterm-helper-textarea").waitFor({ state: "attached" });
      await window.page.waitForTimeout(1000);
      await window.page.keyboard.type(
        `${registries.bin}/uv pip install --no-cache --target out-${name} acme-core; echo $? > ${name}.done\n`,
      );
      for (let wait = 0; wait < 50 && !isDone(); wait++) await window.page.waitForTimeout(200);
    }
    await eventually(isDone, true);
    const isThere = existsSync(join(session.folder, `out-${name}/acme_core.py`));
    assert.equal(await readFile(done, "utf8"), isThere ? "0\n" : "1\n");
    return isThere ? "installed" : "refused";
  }

  test("without a login nothing is installed", async () => {
    assert.equal(await install("before"), "refused");
  });

  test("by the palette and the keyboard alone, the token goes to the hosts that were chosen", async () => {
    await press("F1");
    await widget().locator("input").first().waitFor();
    await window.page.keyboard.type("Cockpit: Log In");
    await widget().locator(".monaco-list-row.focused", { hasText: "Log In to Package Registries" }).waitFor();
    await press("Enter");
    await widget().getByText("Log In to Package Registries (1/3)").waitFor();
    await widget().locator(".monaco-list-row.focused", { hasText: "Google Cloud" }).waitFor();
    await window.screenshot("login-1-provider");
    await press("Enter");
    await widget().getByText("Log In to Package Registries (2/3)").waitFor();
    await widget().getByText(`${registries.pypi.url}/simple/`).waitFor();
    await press("ArrowDown", "Space");
    await window.screenshot("login-2-hosts");
    await press("Enter");
    await notification(`Logged in to Google Cloud as ${serviceAccount.client_email}`).waitFor();
    await window.screenshot("login-3-done");
    for (const it of issued) registries.pypi.tokens.add(it);
    await window.page.locator(`.statusbar-item[aria-label*="${serviceAccount.client_email}"]`).waitFor();
    assert.equal(await install("after"), "installed");
    await window.screenshot("login-4-terminal");
  });

  test("the login is there again after a reload, and no token is in a file", async () => {
    await window.page.reload();
    await window.page.locator(`.statusbar-item[aria-label*="${serviceAccount.client_email}"]`).waitFor();
    for (const it of issued) registries.pypi.tokens.add(it);
    assert.equal(await install("reloaded"), "installed");
    assert.deepEqual(leaks(session.temporary, issued), []);
  });

  test("who logs out has nothing in new terminals", async () => {
    await window.command("Cockpit: Log Out of Package Registries");
    await notification("Logged out of Google Cloud").waitFor();
    assert.equal(await install("out"), "refused");
  });
});

async function writeProject(folder: string, index: string) {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "pyproject.toml"),
    `[project]\nname = "billing"\nversion = "1"\ndependencies = ["openai"]\n\n[[tool.uv.index]]\nname = "corp"\nurl = "${index}"\ndefault = true\n`,
  );
  await writeFile(join(folder, "agent.py"), "from openai import OpenAI\n\nclient = OpenAI()\n");
}
