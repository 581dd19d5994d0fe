/** A person logs in to Google and to Azure from the palette, against token endpoints on loopback; a new terminal then installs from the private index. Screenshots land in test-results/. */
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
import { showFailure, type Window } from "./window.ts";

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
        AZURE_AUTHORITY_HOST: clouds.authority,
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
  afterEach((t) => showFailure(t, window));

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

  const account = (says: string) => window.page.locator(`.statusbar-item[aria-label*="${says}"]`);
  const noAccount = () => window.page.locator('.statusbar-item[id*="cockpit.status"]:not([aria-label*="@"])');

  /** By the keyboard alone, up to where the login begins. */
  async function logIn(provider: string, steps: number) {
    await window.type("Cockpit: Log In to Package Registries");
    await window.widget.getByText("Log In to Package Registries (1/3)").waitFor();
    await window.press(...Array.from({ length: steps }, () => "ArrowDown"));
    await window.focused(provider);
    await window.screenshot(`login-1-${provider}`);
    await window.press("Enter");
    await window.widget.getByText("Log In to Package Registries (2/3)").waitFor();
    await window.widget.getByText(`${registries.pypi.url}/simple/`).waitFor();
    await window.press("ArrowDown", "Space");
    await window.screenshot(`login-2-${provider} hosts`);
    await window.press("Enter");
  }

  test("a private index that wants a login is told at the start; without one nothing is installed", async () => {
    await window.notification("corp: it wants a login (401). Next: give uv a credential for").waitFor();
    await window.screenshot("login-0-start");
    assert.equal(await window.notification("corp:").getByRole("button", { name: "Log In" }).count(), 1);
    assert.equal(await install("before"), "refused");
    await window.type("Notifications: Clear All Notifications");
  });

  test("by the palette and the keyboard alone, the token goes to the hosts that were chosen", async () => {
    registries.pypi.accepts = (token) => clouds.isGood("google", token);
    await window.command("Developer: Set Log Level...");
    await window.choose("AgentOps Cockpit");
    await window.choose("Trace");
    await logIn("Google Cloud", 0);
    await window.notification(`Logged in to Google Cloud as ${serviceAccount.client_email}`).waitFor();
    await window.notification("Logging in to").waitFor({ state: "detached" });
    await window.screenshot("login-3-done");
    await account(`Google Cloud: ${serviceAccount.client_email}, until `).waitFor();
    assert.equal(await install("after"), "installed");
    await window.screenshot("login-4-terminal");
  });

  test("the login is there again after a reload, all is well and so nothing is said", async () => {
    await window.page.reload();
    await account(serviceAccount.client_email).waitFor();
    assert.equal(await install("reloaded"), "installed");
    assert.equal(await window.notification(/./).count(), 0);
  });

  test("who logs out has nothing in new terminals", async () => {
    await window.command("Cockpit: Log Out of Package Registries");
    await window.notification("Logged out of Google Cloud").waitFor();
    await noAccount().waitFor();
    assert.equal(await install("out"), "refused");
    await window.type("Notifications: Clear All Notifications");
  });

  test("a login that waits for its code shows it, and can be cancelled", async () => {
    clouds.azure.approved = false;
    await logIn("Azure", 2);
    await window.notification("Logging in to Azure").waitFor();
    await window.page.locator(".monaco-dialog-box", { hasText: "Your code is ABCD-EFGH" }).waitFor();
    await window.screenshot("login-5-code");
    await window.page.locator(".monaco-dialog-box").getByText("Close", { exact: true }).click();
    await window.notification("the code ABCD-EFGH is to be typed at https://microsoft.com/devicelogin").waitFor();
    await window.screenshot("login-5-waiting");
    await window.notification("Logging in to Azure").hover();
    await window.notification("Logging in to Azure").getByRole("button", { name: "Cancel" }).click();
    await window.notification("Logging in to Azure").waitFor({ state: "detached" });
    await window.screenshot("login-6-cancelled");
    await window.page.waitForTimeout(1500);
    const asked = clouds.requests.length;
    await window.page.waitForTimeout(2500);
    assert.equal(clouds.requests.length, asked, "nobody asks any more whether it was typed");
    await noAccount().waitFor();
    await window.type("Notifications: Clear All Notifications");
  });

  test("a code that was typed logs in; what the cloud gives anew at each renewal is kept, and opens the login after a reload", async () => {
    Object.assign(clouds.azure, { approved: true, tokenSeconds: 200 });
    registries.pypi.accepts = (token) => clouds.isGood("azure", token);
    await logIn("Azure", 2);
    await window.page.locator(".monaco-dialog-box").getByText("Close", { exact: true }).click();
    await window.notification("Logged in to Azure as dev@acme.example (device code)").waitFor();
    await account("Azure: dev@acme.example, until ").waitFor();
    await window.screenshot("login-7-azure");
    assert.equal(await install("azure"), "installed");
    await window.page.reload();
    await account("Azure: dev@acme.example, until ").waitFor();
    assert.equal(await install("azure-reloaded"), "installed");
  });

  test("no token is in a file, though the log is at its most verbose and the workspace asks for a trace of all messages", async () => {
    assert(issued.length > 5);
    assert.deepEqual(leaks(session.temporary, issued), []);
  });
});

async function writeProject(folder: string, index: string) {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "pyproject.toml"),
    `[project]\nname = "billing"\nversion = "1"\ndependencies = ["openai"]\n\n[[tool.uv.index]]\nname = "corp"\nurl = "${index}"\ndefault = true\n`,
  );
  await mkdir(join(folder, ".vscode"));
  await writeFile(join(folder, ".vscode/settings.json"), JSON.stringify({ "cockpit.trace.server": "verbose" }));
  await writeFile(join(folder, "agent.py"), "from openai import OpenAI\n\nclient = OpenAI()\n");
}
