/** A folder of the test's own, with workspace folders in it. Files are named `folder/path`; a name that is a URI stays what it is. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Disk {
  /** Absolute path. */
  path(file: string): string;
  uri(file: string): string;
  /** The name of a URI that the server wrote. */
  fileOf(uri: string): string;
  read(file: string): string;
  write(file: string, content: string | Uint8Array): void;
  /** A file or a whole folder. */
  remove(file: string): void;
  dispose(): void;
}

/** Files by folder and path. */
export type Folders = Record<string, Record<string, string | Uint8Array>>;

export function createDisk(folders: Folders): Disk {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "cockpit-lsp-")));
  const base = `${pathToFileURL(home).href}/`;
  const path = (file: string) => join(home, file);
  const disk: Disk = {
    path,
    uri: (file) => (/^[\w-]+:/.test(file) ? file : pathToFileURL(path(file)).href),
    fileOf: (uri) => (uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : uri),
    read: (file) => readFileSync(path(file), "utf8"),
    write(file, content) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), content);
    },
    remove: (file) => rmSync(path(file), { recursive: true }),
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
  for (const [folder, files] of Object.entries(folders)) {
    mkdirSync(path(folder), { recursive: true });
    for (const [file, content] of Object.entries(files)) disk.write(`${folder}/${file}`, content);
  }
  return disk;
}
