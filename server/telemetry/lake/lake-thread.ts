/** The thread that owns the lake's file, as its other side sees it: a request at a time. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { LakeAnswer, LakeMessage, LakeRequest, OpenedLake } from "./lake-worker.ts";

export interface LakeThread {
  opened: OpenedLake;
  /** To be called again when this is answered. Rejects when nothing was done. */
  send(request: LakeRequest): Promise<LakeAnswer>;
  end(): Promise<unknown>;
}

/** Of this machine's disk, in a sentence for people. */
export class LakeError extends Error {
  override name = "LakeError";
}

export interface LakeOptions {
  /** A damaged file was moved aside, and a new one begun. */
  onMoved(to: string, why: string): void;
  /** The thread ended by itself: nothing is written any more. */
  onLost(error: Error): void;
}

export async function startLakeThread(file: string, { onMoved, onLost }: LakeOptions): Promise<LakeThread> {
  const worker = new Worker(workerFile(), { workerData: { file }, resourceLimits: { maxYoungGenerationSizeMb: 16 } });
  const opened = Promise.withResolvers<OpenedLake>();
  let answered: PromiseWithResolvers<LakeAnswer> | undefined;
  let lost: LakeError | undefined;

  worker.on("message", (message: LakeMessage) => {
    if ("moved" in message) onMoved(message.moved, message.why);
    else if ("opened" in message) opened.resolve(message.opened);
    else if ("error" in message) answered?.reject(new LakeError(`${file} cannot be written: ${message.error}`));
    else answered?.resolve(message);
  });
  worker.on("error", (error) => {
    lost = new LakeError(`${file} is not open: ${error.message}`);
    opened.reject(lost);
    answered?.reject(lost);
    onLost(lost);
  });

  return {
    opened: await opened.promise,
    async send(request) {
      if (lost) throw lost;
      answered = Promise.withResolvers();
      worker.postMessage(request, buffersOf(request));
      return answered.promise;
    },
    end: () => worker.terminate(),
  };
}

/** Handed over, not copied. */
const buffersOf = ({ write }: LakeRequest) =>
  Object.values(write?.state ?? {}).flatMap((it) => (typeof it !== "string" && it.buffer instanceof ArrayBuffer ? [it.buffer] : []));

/** Beside the bundle, or the source where it runs unbundled. */
function workerFile(): string {
  const bundled = join(import.meta.dirname, "lake-worker.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "lake-worker.ts");
}
