/** Processes that the extension under test has started. */
import { readdir, readFile } from "node:fs/promises";
import type { Session } from "./session.ts";

/** Language servers of this session's VS Code. */
export async function serversOf({ extensions }: Session): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((it) => /^\d+$/.test(it));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return pids.flatMap((pid, at) => (commands[at]?.includes(extensions) && commands[at]?.includes("dist/server.mjs") ? [Number(pid)] : []));
}
