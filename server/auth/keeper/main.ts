/** The keeper's process: it listens where commands look for it, tells the one that started it so, and ends when nobody needs it. */
import { linkSync, rmSync, statSync } from "node:fs";
import { connect, type Server } from "node:net";
import { keeperPlace } from "./place.ts";
import { createKeeperServer } from "./serve.ts";

const place = keeperPlace();
const own = process.platform === "win32" ? place : `${place}.${process.pid}`;
let inode = 0;

// A stack trace could hold what this process keeps, and there is nobody to read it.
process.on("uncaughtException", () => end(1));
process.on("unhandledRejection", () => undefined);
// The end of a terminal is not its end, and SIGUSR1 would open a debugger's port, which every user of the machine could reach.
for (const signal of ["SIGHUP", "SIGUSR1"] as const) process.on(signal, () => undefined);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(0));

const server = createKeeperServer({ onIdle: () => end(0) });
try {
  await listen(server, own);
  const isNeeded = await claim();
  tell({ ready: isNeeded }, () => isNeeded || end(0));
} catch (error) {
  tell({ problem: error instanceof Error && "code" in error ? String(error.code) : "no place to listen" }, () => end(1));
}

/** Under its own name first: what stands at the common name then always listens. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // The socket is made during this call; what the folder keeps out, its mode does too.
    const usual = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(usual);
  });
}

/** Takes the common name, unless another keeper that is alive has it; then this one is not needed. */
async function claim(): Promise<boolean> {
  if (process.platform === "win32") return true;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      linkSync(own, place);
      inode = statSync(own).ino;
      rmSync(own);
      return true;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const before = inodeOf(place);
    if (await isAlive(place)) return false;
    if (inodeOf(place) === before) rmSync(place, { force: true });
  }
  throw new Error("the place is taken");
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
  });
}

/** To the command that started this, which then goes its own way. */
function tell(state: object, then: () => void) {
  if (!process.send || !process.connected) return then();
  process.send(state, () => {
    if (process.connected) process.disconnect();
    then();
  });
}

function end(code: number) {
  if (process.platform !== "win32") {
    rmSync(own, { force: true });
    if (inode !== 0 && inodeOf(place) === inode) rmSync(place, { force: true });
  }
  process.exit(code);
}
