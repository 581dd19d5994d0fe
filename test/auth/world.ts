/** A person's machine in a temporary folder: a home, a place for temporary files, projects; and registries that open with the token of the day. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Registries, startRegistries } from "./registries.ts";

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface World extends Registries {
  root: string;
  home: string;
  tmp: string;
  /** The token of the day. */
  token(): string;
  /** As it may be written: plain, in an address, in a header. */
  tokenForms(): string[];
  /** The old one is refused from now on. */
  rotate(): void;
  project(files: Record<string, string>): string;
  /** Runs a command as it is. */
  plain(command: readonly string[], options: RunOptions): Promise<Result>;
  /** Runs it under `auth exec`. */
  exec(command: readonly string[], options: RunOptions): Promise<Result>;
  /** The command line that `exec` runs. */
  underExec(command: readonly string[]): string[];
  startExec(command: readonly string[], options: RunOptions): ChildProcess;
  /** Files in which a text stands, below the home and the temporary folder and the projects. */
  filesWith(text: string): string[];
  close(): Promise<void>;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
}

export const username = "oauth2accesstoken";

export async function openWorld(): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), "cockpit-world-"));
  const [home, tmp, credentials] = [join(root, "person/home"), join(root, "person/tmp"), join(root, "credentials.json")];
  for (const folder of [home, tmp]) mkdirSync(folder, { recursive: true });
  let day = 1;
  const token = () => `tok/en-${day}+${"s3cr3t".repeat(6)}=`;
  const rotate = () => {
    day++;
    for (const gate of [registries.pypi, registries.npm, registries.go]) gate.tokens.clear();
    for (const gate of [registries.pypi, registries.npm, registries.go]) gate.tokens.add(token());
    writeCredentials();
  };
  const registries = await startRegistries(join(root, "registries"), [token()], rotate);
  const writeCredentials = () => {
    const entries = [registries.pypi, registries.npm, registries.go].map(({ url }) => [`${url}/`, { username, secret: token() }]);
    writeFileSync(credentials, JSON.stringify(Object.fromEntries(entries)));
  };
  writeCredentials();
  const environment = (env: Record<string, string> = {}) => ({
    PATH: [registries.bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: tmp,
    DOOR_CREDENTIALS: credentials,
    UV_PYTHON_DOWNLOADS: "never",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    GOPATH: join(home, "go"),
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=mod -modcacherw",
    GONOSUMDB: "code.test/*",
    ...env,
  });
  const start = ([program = "", ...args]: readonly string[], { cwd, env }: RunOptions) =>
    spawn(program, args, { cwd, env: environment(env), detached: true });
  const underExec = (command: readonly string[]) => [
    process.execPath,
    join(import.meta.dirname, "door.ts"),
    "auth",
    "exec",
    "--",
    ...command,
  ];
  let projects = 0;
  return {
    ...registries,
    root,
    home,
    tmp,
    token,
    tokenForms: () => [token(), encodeURIComponent(token()), Buffer.from(`${username}:${token()}`).toString("base64")],
    rotate,
    project(files) {
      const folder = join(root, "person", `project-${projects++}`);
      mkdirSync(folder);
      write(folder, files);
      return folder;
    },
    plain: (command, options) => resultOf(start(command, options)),
    exec: (command, options) => resultOf(start(underExec(command), options)),
    underExec,
    startExec: (command, options) => start(underExec(command), options),
    filesWith: (text) => filesBelow(join(root, "person")).filter((it) => readFileSync(it).includes(text)),
    async close() {
      await registries.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function write(folder: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export async function resultOf(child: ChildProcess): Promise<Result> {
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", (code) => resolve(code)));
  const [stdout, stderr, code] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
  return { code, stdout, stderr };
}

async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  if (stream) for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((it) => join(folder, it))
    .filter((it) => statSync(it, { throwIfNoEntry: false })?.isFile());
}
