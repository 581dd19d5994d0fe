/** Programs as a shell finds them. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Absolute paths of every program of this name on the PATH, the one that runs first. */
export function onPath(name: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const endings = process.platform === "win32" ? (env.PATHEXT || ".EXE;.CMD;.BAT").split(";") : [""];
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)).filter(isProgram));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
