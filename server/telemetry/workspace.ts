/** Where a workspace keeps what is live of its fleet: the folder `.cockpit` and the lake in it, which git ignores. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The nearest `.cockpit` at or above a folder that is there already, else the one that would be made in it. Absolute. */
export function cockpitFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".cockpit"))) return join(at, ".cockpit");
    if (existsSync(join(at, ".git")) || dirname(at) === at) return join(folder, ".cockpit");
  }
}

export const lakeFileIn = (cockpit: string): string => join(cockpit, "lake", "lake.db");

export async function makeLakeFolder(cockpit: string): Promise<void> {
  await mkdir(join(cockpit, "lake"), { recursive: true });
  await writeFile(join(cockpit, "lake", ".gitignore"), "*\n", { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
