/** Where the keeper listens: a socket that only its user can reach, one for each configuration folder and version of the cockpit. */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { configFolder } from "../../host/places.ts";
import { AuthError } from "../identity.ts";

/** Absolute path of the socket, or the name of a pipe on Windows. Makes the folder; throws an AuthError where somebody else could reach into it. */
export function keeperPlace(): string {
  const id = createHash("sha256").update(`${manifest.version}\0${configFolder()}`).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\agentops-cockpit-${userInfo().username}-${id}`;
  return join(privateFolder(), `keeper-${id}`);
}

function privateFolder(): string {
  const { uid } = userInfo();
  const folder = join(process.env.XDG_RUNTIME_DIR || tmpdir(), `agentops-cockpit-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0) return folder;
  throw new AuthError(`${folder} is not yours alone, so no login is kept there; remove it, or set XDG_RUNTIME_DIR to a folder of your own`);
}
