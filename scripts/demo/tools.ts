/** What this machine has for running the samples. */
import { spawnSync } from "node:child_process";

export interface Tools {
  /** Commands; `undefined` where there is none that is new enough. */
  python: string | undefined;
  uv: boolean;
  go: boolean;
}

export function findTools(): Tools {
  const python = ["python3", "python"].find((it) => isAtLeast(said(it, "--version"), 3, 11));
  return { python, uv: said("uv", "--version") !== "", go: isAtLeast(said("go", "version"), 1, 24) };
}

function said(command: string, flag: string): string {
  const { status, stdout } = spawnSync(command, [flag], { encoding: "utf8" });
  return status === 0 ? stdout : "";
}

function isAtLeast(text: string, major: number, minor: number): boolean {
  const [, m = 0, n = 0] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(m) > major || (Number(m) === major && Number(n) >= minor);
}
