/** Real private indexes: pypiserver and verdaccio, each a process on loopback. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import * as z from "zod";
import { freePort } from "./listen.ts";
import { makeTarball, makeWheels, type Package } from "./packages.ts";

export interface PrivateIndex {
  url: string;
  close(): void;
}

/** `bin` holds pypiserver's environment. */
export async function openPypiserver(bin: string, home: string, packages: readonly Package[]): Promise<PrivateIndex> {
  const folder = join(home, "private-wheels");
  await makeWheels(join(bin, "python"), folder, packages);
  const port = await freePort();
  const child = spawn(join(bin, "pypi-server"), ["run", "-p", String(port), "-i", "127.0.0.1", "--disable-fallback", folder], {
    stdio: "ignore",
  });
  return started(child, `http://127.0.0.1:${port}`);
}

const suite = join(import.meta.dirname, "..");

/** Installs it when it is missing. */
export async function openVerdaccio(home: string, packages: readonly Package[]): Promise<PrivateIndex> {
  const program = join(suite, "node_modules/verdaccio/bin/verdaccio");
  if (!existsSync(program)) await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], { cwd: suite });
  const folder = join(home, "verdaccio");
  mkdirSync(folder, { recursive: true });
  const config = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    packages: { "**": { access: "$all", publish: "$authenticated" } },
    log: { type: "stdout", level: "error" },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(process.execPath, [program, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`], {
    stdio: "ignore",
  });
  const index = await started(child, `http://127.0.0.1:${port}`);
  await publish(index.url, folder, packages);
  return index;
}

async function publish(url: string, folder: string, packages: readonly Package[]) {
  const user = { name: "tester", password: "tester-password" };
  const answer = await fetch(`${url}/-/user/org.couchdb.user:tester`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(user),
  });
  const { token } = z.object({ token: z.string() }).parse(await answer.json());
  writeFileSync(join(folder, ".npmrc"), `//${new URL(url).host}/:_authToken=${token}\n`);
  for (const it of packages) {
    const tarball = await makeTarball(folder, it);
    await promisify(execFile)("npm", ["publish", tarball, "--registry", url, "--userconfig", join(folder, ".npmrc")], { cwd: folder });
  }
}

async function started(child: ChildProcess, url: string): Promise<PrivateIndex> {
  for (let tries = 0; tries < 300; tries++) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return { url, close: () => void child.kill() };
    await setTimeout(100);
  }
  child.kill();
  throw new Error(`nothing listens on ${url}`);
}
