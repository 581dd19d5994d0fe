/** What is left to a person after files were written. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Dependency } from "./manifests/manifest.ts";

/** The command that installs what a manifest names; `undefined` for a file that is none. Absolute path. */
export function installCommand(manifest: string): string | undefined {
  const commands = installers[basename(manifest)];
  return commands?.find(({ lock }) => lock === undefined || existsSync(join(dirname(manifest), lock)))?.command;
}

/** What a person installs where no manifest lists it. */
export const installUnlisted = (dependencies: readonly Dependency[]): string =>
  `install ${dependencies.map((it) => `${it.name} ${it.version}`).join(", ")}: no manifest lists them`;

/** The tool whose lock file is there; else the one that everybody has. */
const installers: Readonly<Record<string, readonly { lock?: string; command: string }[]>> = {
  "package.json": [
    { lock: "pnpm-lock.yaml", command: "pnpm install" },
    { lock: "yarn.lock", command: "yarn install" },
    { lock: "bun.lock", command: "bun install" },
    { command: "npm install" },
  ],
  "go.mod": [{ lock: "vendor/modules.txt", command: "go mod tidy && go mod vendor" }, { command: "go mod tidy" }],
  "requirements.txt": [{ command: "pip install -r requirements.txt" }],
  "pyproject.toml": [
    { lock: "uv.lock", command: "uv sync" },
    { lock: "poetry.lock", command: "poetry lock && poetry install" },
    { command: "uv sync, or pip install ." },
  ],
};
