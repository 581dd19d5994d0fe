/** Where the demo keeps what it makes: in a folder of the repository that git ignores, so that the samples stay as they are. */
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };

export const root = join(import.meta.dirname, "../..");
export const samples = join(root, "samples");

const home = join(root, ".demo");

export const places = {
  home,
  /** What is opened: made anew at each start. */
  fleet: join(home, "fleet"),
  /** Packages of npm, each manifest's in a folder of its own; the fleet links to them. */
  packages: join(home, "packages"),
  venv: join(home, "venv"),
  bin: join(home, "bin"),
  /** What was installed for which manifests. */
  stamps: join(home, "stamps"),
  answers: join(home, "answers.json"),
  log: join(home, "demo.log"),
};

export const vsixFile = join(root, `${manifest.name}-${manifest.version}.vsix`);
export const cli = join(root, "dist/cockpit.mjs");

const isWindows = process.platform === "win32";
export const venvPython = join(places.venv, isWindows ? "Scripts/python.exe" : "bin/python");
export const ledgerWatch = join(places.bin, isWindows ? "ledger-watch.exe" : "ledger-watch");
export const inbox = join(places.fleet, "invoice-extractor/inbox");
