/** A copy of the sample fleet, driven by the commands of its README: what a reader types is what is tested. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopGroup } from "../../scripts/code-server.ts";
import { listening, run } from "../wrap/world.ts";

const samples = join(import.meta.dirname, "../../samples");
const blocks = [...readFileSync(join(samples, "README.md"), "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
const [standIn = "", install = "", settings = "", agents = "", shop = ""] = blocks;
const [orderDesk = "", page = ""] = shop.trimEnd().split("\n");

/** The command that runs an agent, by its folder. */
export const commands = new Map(
  agents
    .trimEnd()
    .split("\n")
    .map((line) => [folderOf(line), line]),
);

/** The folders of the shop, which is served. */
export const served = [folderOf(orderDesk), folderOf(page)];

function folderOf(line: string): string {
  const [, folder] = /^\(cd (\S+) && /.exec(line) ?? [];
  assert(folder, `the README has a command of another form: ${line}`);
  return folder;
}

export interface Fleet {
  folder: string;
  /** What the manifests name now. */
  install(): Promise<void>;
  /** What the agent prints. */
  ask(agent: string, environment?: Record<string, string>): Promise<string>;
  /** Serves the order desk and the page before it. */
  openShop(): Promise<Shop>;
  close(): Promise<void>;
}

export interface Shop {
  url: string;
  close(): Promise<void>;
}

/** Copied and installed, with its models. Node's own modules are not copied, should someone have run the samples in place. */
export async function openFleet(): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-samples-"));
  cpSync(samples, folder, { recursive: true, filter: (path) => !/[\\/](node_modules|\.venv)$/.test(path) });
  const models = await serve(standIn.replace("npm start", "npm start -- --port 0"), folder);
  const own = {
    npm_config_loglevel: "silent",
    npm_config_audit: "false",
    PIP_CONSTRAINT: join(import.meta.dirname, "constraints.txt"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    GOFLAGS: "",
  };
  const prepared = `${settings.replaceAll("127.0.0.1:4010", new URL(models.url).host)}\n. .venv/bin/activate\n`;
  const bash = async (script: string, environment: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await run("bash", ["-ec", script], folder, { ...own, ...environment });
    assert.equal(code, 0, `${script}\n${stdout}${stderr}`);
    return { stdout, stderr };
  };
  return {
    folder,
    install: async () => void (await bash(install)),
    async ask(agent, environment) {
      const { stdout, stderr } = await bash(prepared + commands.get(agent), environment);
      assert.equal(stderr, "");
      return stdout.trimEnd();
    },
    async openShop() {
      const desk = await serve(prepared + orderDesk, folder, { PORT: "0" });
      const front = await serve(page.replace("npm start", "npm start -- --port 0"), folder, { ORDER_DESK_URL: desk.url });
      return { url: front.url, close: async () => void (await Promise.all([desk.close(), front.close()])) };
    },
    async close() {
      await models.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** In a process group of its own: a shell's children end with it. */
async function serve(script: string, cwd: string, environment: Record<string, string> = {}) {
  const options = { cwd, env: { ...process.env, ...environment }, detached: true };
  const { child, url } = await listening("bash", ["-ec", script], /127\.0\.0\.1:(\d+)/, options);
  return { url, close: () => stop(child) };
}

const stop = (child: ChildProcess) =>
  stopGroup(
    child,
    once(child, "exit").then(() => {}),
  );
