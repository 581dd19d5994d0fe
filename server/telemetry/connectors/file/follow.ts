/** The records of an NDJSON file that grows: what is there, then each line when it is whole. A file that was replaced or cut short is read from its beginning. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createLines } from "./lines.ts";
import type { FileRecord } from "./records.ts";

const pauseMs = 100;

/** `onPause` is called when everything that is there was given. */
export async function* followedRecords(path: string, signal: AbortSignal, onPause: () => Promise<void>): AsyncGenerator<FileRecord> {
  for (;;) {
    const file = await open(path).catch(() => undefined);
    try {
      if (file) yield* linesOf(file, path, signal, onPause);
    } finally {
      await file?.close();
    }
    if (signal.aborted) return;
    await pause(signal);
  }
}

async function* linesOf(file: FileHandle, path: string, signal: AbortSignal, onPause: () => Promise<void>): AsyncGenerator<FileRecord> {
  const { ino } = await file.stat();
  const chunk = Buffer.alloc(65_536);
  const lines = createLines();
  let position = 0;
  let isReplaced = false;
  while (!signal.aborted) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    position += bytesRead;
    yield* lines.add(chunk.subarray(0, bytesRead));
    if (bytesRead > 0) continue;
    await onPause();
    if (isReplaced) {
      yield* lines.end();
      return await onPause();
    }
    const now = await stat(path).catch(() => undefined);
    // What was written to it until then comes first.
    isReplaced = now?.ino !== ino;
    if (isReplaced) continue;
    if (now !== undefined && now.size < position) return;
    await pause(signal);
  }
}

const pause = (signal: AbortSignal) => sleep(pauseMs, undefined, { signal }).catch(() => {});
