import { copyFile, link, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type LanguageId, languageOf } from "../../server/engine/source.ts";

export type Counted = Partial<Record<LanguageId, { files: number; bytes: number }>>;

/** Hard links (copies, where that can't be) under `to` to the files of `from` that `wanted` names by their relative path. Counts the code files among them. */
export async function layOut(from: string, to: string, wanted: (path: string) => boolean): Promise<Counted> {
  const counted: Counted = {};
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (!entry.isFile() || !wanted(path)) continue;
    const [source, target] = [join(from, path), join(to, path)];
    await mkdir(dirname(target), { recursive: true });
    await link(source, target).catch(() => copyFile(source, target));
    const language = languageOf(path);
    if (!language) continue;
    const sum = counted[language] ?? { files: 0, bytes: 0 };
    counted[language] = { files: sum.files + 1, bytes: sum.bytes + (await stat(source)).size };
  }
  return counted;
}
