/** What a tool's configuration is read from: environment, places and files. A parameter, so that tests need no disk. */
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { onPath } from "../on-path.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Machine {
  env: Environment;
  home: string;
  platform: NodeJS.Platform;
  /** A file's text; undefined when it is not there or is closed to us, as the tools take it too. */
  read(path: string): Promise<string | undefined>;
  /** The folder that the node on this PATH is installed in, which is npm's default prefix. */
  nodeFolder?(): string | undefined;
}

export function thisMachine(env: Environment): Machine {
  const home = (process.platform === "win32" ? env.USERPROFILE : env.HOME) || homedir();
  return { env, home, platform: process.platform, read, nodeFolder: () => nodeFolder(env) };
}

function nodeFolder(env: Environment): string | undefined {
  const node = onPath("node", env)[0];
  if (node === undefined) return undefined;
  const folder = dirname(realpathSync(node));
  return process.platform === "win32" ? folder : dirname(folder);
}

const read = (path: string) => readFile(path, "utf8").catch(() => undefined);
