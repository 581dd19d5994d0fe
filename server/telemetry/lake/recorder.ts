/** Evidence on its way into the lake: what cannot be written waits, and is written in its order before what comes later. */
import { messageOf } from "../../protocol/message-of.ts";
import type { Evidence } from "./evidence.ts";
import type { Lake } from "./lake.ts";

export interface Recorder {
  add(evidence: readonly Evidence[]): void;
  /** Writes what waits. Resolves also when that failed: then it still waits. */
  flush(): Promise<void>;
}

/** `warn` hears once that nothing can be written, and again only after something was. */
export function createRecorder(record: Lake["record"], warn: (message: string) => void): Recorder {
  let waiting: readonly Evidence[] = [];
  let writing: Promise<void> | undefined;
  let isFailing = false;

  async function write() {
    while (waiting.length > 0) {
      const next = waiting;
      waiting = [];
      const error: unknown = await record(next).then(() => undefined, given);
      if (error !== undefined) waiting = [...next, ...waiting].slice(-mostWaiting);
      if (error !== undefined && !isFailing) warn(failing(error));
      isFailing = error !== undefined;
      if (isFailing) break;
    }
    writing = undefined;
  }

  async function flush() {
    if (waiting.length > 0) writing ??= write();
    await writing;
  }

  return {
    add(evidence) {
      waiting = [...waiting, ...evidence];
      void flush();
    },
    flush,
  };
}

const mostWaiting = 1000;
const given = (error: unknown) => error;
const failing = (error: unknown) => `alerts cannot be kept as evidence: ${messageOf(error)}; the last 1,000 records wait until they can`;
