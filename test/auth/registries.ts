/** Real private registries on loopback, each behind a gate: pypiserver, verdaccio, and a folder in the layout of the module proxy protocol. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { authPython } from "../tools/python.ts";
import { type Gate, openGate } from "./gate.ts";

export const execute = promisify(execFile);

export interface Registries {
  /** The `bin` folder of uv and pip. */
  bin: string;
  pypi: Gate;
  npm: Gate;
  go: Gate;
  /** What the go gate's certificate is signed with: a PEM file. */
  ca: string;
  /** pypiserver itself, which asks nobody: a public index. */
  publicPypi: string;
  /** verdaccio itself. */
  publicNpm: string;
  stop(): Promise<void>;
}

/** `folder` is where packages and stores go; `rotate` is called when a gate is asked to. */
export async function startRegistries(folder: string, tokens: readonly string[], rotate: () => void): Promise<Registries> {
  const bin = await authPython();
  mkdirSync(folder, { recursive: true });
  await execute(join(bin, "python"), [join(import.meta.dirname, "packages.py"), folder]);
  const pypiserver = await startServer(join(bin, "pypi-server"), (port) => [
    ...["run", "-i", "127.0.0.1", "-p", port, "-P", ".", "-a", ".", "--disable-fallback"],
    join(folder, "pypi"),
  ]);
  const verdaccio = await startVerdaccio(folder);
  const proxy = await serveFolder(join(folder, "go"));
  const tls = await certificate(folder);
  const open = (upstream: string, more = {}) => openGate({ upstream, tokens, rotate, ...more });
  const [pypi, npm, go] = await Promise.all([open(pypiserver.url), open(verdaccio.url), open(proxy.url, { tls })]);
  const stop = async () => {
    for (const { child } of [pypiserver, verdaccio]) child.kill();
    await Promise.all([pypi.close(), npm.close(), go.close(), proxy.close()]);
  };
  return { bin, pypi, npm, go, ca: join(folder, "cert.pem"), publicPypi: pypiserver.url, publicNpm: verdaccio.url, stop };
}

async function startVerdaccio(folder: string) {
  const program = join(import.meta.dirname, "node_modules/verdaccio/bin/verdaccio");
  if (!existsSync(program)) await execute("npm", ["ci", "--no-audit", "--no-fund"], { cwd: import.meta.dirname });
  const settings = {
    storage: join(folder, "verdaccio"),
    uplinks: {},
    packages: { "**": { access: "$all", publish: "$all" } },
    web: { enable: false },
    log: { type: "stdout", level: "error" },
  };
  const config = join(folder, "verdaccio.yaml");
  writeFileSync(config, JSON.stringify(settings));
  const server = await startServer(process.execPath, (port) => [program, "--config", config, "--listen", `127.0.0.1:${port}`]);
  for (const name of readdirSync(join(folder, "npm"))) {
    const body = readFileSync(join(folder, "npm", name), "utf8");
    const path = encodeURIComponent(`@acme/${name.replace(".json", "")}`);
    const answer = await fetch(`${server.url}/${path}`, { method: "PUT", headers: { "content-type": "application/json" }, body });
    if (!answer.ok) throw new Error(`verdaccio does not take ${name}: ${answer.status} ${await answer.text()}`);
  }
  return server;
}

async function startServer(program: string, args: (port: string) => string[]): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const child = spawn(program, args(String(port)), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return { url, child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${program} does not answer`);
}

async function freePort(): Promise<number> {
  const server = createSocket();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function serveFolder(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(({ url = "" }, answer) => {
    const path = join(folder, decodeURIComponent(url));
    if (existsSync(path) && path.startsWith(folder)) answer.end(readFileSync(path));
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function certificate(folder: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  await execute("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, ...subject]);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
