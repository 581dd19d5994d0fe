/** The frame of VS Code's window that the Forest is drawn in. */
import type { Frame, Page } from "playwright-core";
import { eventually } from "../lsp/eventually.ts";

/** Another one after each reload. */
export async function forestIn(page: Page): Promise<Frame> {
  let found: Frame | undefined;
  await eventually(async () => {
    for (const it of page.frames()) if (await isForest(it)) found = it;
    return found !== undefined;
  }, true);
  if (!found) throw new Error("no frame shows the Forest");
  return found;
}

const isForest = async (frame: Frame): Promise<boolean> =>
  (await frame
    .locator("main.scroller")
    .count()
    .catch(() => 0)) > 0;
