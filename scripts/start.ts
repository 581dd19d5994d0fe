/**
 * `npm start`: the sample fleet at work, and a real VS Code on it: yours if there is one, with a profile of its own, else one served to the browser; or the terminal alone.
 * Ctrl-C stops everything that was started.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { tryLock } from "../server/host/file-lock.ts";
import { installCodeServer, run } from "./code-server.ts";
import { prepare, work } from "./demo/demo.ts";
import { type DemoOptions, optionsOf, usage } from "./demo/options.ts";
import { places, root } from "./demo/places.ts";
import { openProcesses, type Processes } from "./demo/processes.ts";
import { openInBrowser, openInCode, openInTerminal, usableCode } from "./demo/views.ts";

if (import.meta.main) {
  const options = optionsOf(process.argv.slice(2));
  if (typeof options !== "string") await start(options);
  else {
    console.log(options);
    process.exitCode = options === usage ? 0 : 2;
  }
}

async function start(options: DemoOptions) {
  await mkdir(places.home, { recursive: true });
  const lock = tryLock(join(places.home, "lock"));
  if (lock) return await show(options).finally(lock.release);
  console.log("npm start runs already, in another terminal; stop it there first");
  process.exitCode = 2;
}

async function show(options: DemoOptions) {
  console.log("building the extension…");
  const processes = openProcesses();
  try {
    await run("npm", ["run", "--silent", options.editor ? "package" : "build"], { cwd: root });
    const code = options.editor ? await usableCode() : undefined;
    const needsServer = options.editor && code === undefined;
    const [demo] = await Promise.all([prepare(options, processes), needsServer ? installCodeServer() : undefined]);
    const view = options.editor ? openEditor(code, processes) : openInTerminal(demo.port, options.wrongAfter, processes);
    await work(demo, options, processes, await view);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  } finally {
    await processes.stopAll();
  }
}

function openEditor(code: string | undefined, processes: Processes) {
  return code === undefined ? openInBrowser(processes) : openInCode(code, processes);
}
