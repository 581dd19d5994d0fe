/**
 * When changed documents are analysed: at once, but after every message that is already waiting, so that a burst of changes is analysed once.
 * Large documents wait until the typing pauses.
 */
import type { OpenDocument } from "./open-documents.ts";

export interface AnalysisQueue {
  add(document: OpenDocument): void;
  remove(document: OpenDocument): void;
}

/** In UTF-16 code units; parsing more than this may take longer than a keystroke. */
const large = 512 * 1024;
const pauseMs = 250;
/** However fast the changes come, nothing waits longer for its analysis. */
const mostWaitMs = 100;

interface Waiting {
  since: number;
  cancel(): void;
}

export function createAnalysisQueue(analyze: (document: OpenDocument) => void): AnalysisQueue {
  const waiting = new Map<OpenDocument, Waiting>();

  function run(document: OpenDocument) {
    waiting.delete(document);
    analyze(document);
  }

  /** Each waiting message is handled in a turn of the event loop of its own: after two turns without a change there is none left. */
  function afterQueued(document: OpenDocument): () => void {
    let handle = setImmediate(() => {
      handle = setImmediate(() => run(document));
    });
    return () => clearImmediate(handle);
  }

  function afterPause(document: OpenDocument): () => void {
    const handle = setTimeout(() => run(document), pauseMs);
    return () => clearTimeout(handle);
  }

  return {
    add(document) {
      const before = waiting.get(document);
      const since = before?.since ?? performance.now();
      const isLarge = document.file.text.length > large;
      if (before && !isLarge && performance.now() - since > mostWaitMs) return;
      before?.cancel();
      waiting.set(document, { since, cancel: isLarge ? afterPause(document) : afterQueued(document) });
    },
    remove(document) {
      waiting.get(document)?.cancel();
      waiting.delete(document);
    },
  };
}
