/** When the typing pauses, what was left out of the findings to answer promptly is made up for. */
import type { OpenDocument } from "./open-documents.ts";

export interface Settling {
  /** Once nothing has changed in the document for a while, unless it is settled by then. */
  soon(document: OpenDocument): void;
  cancel(document: OpenDocument): void;
}

const pauseMs = 250;

export function createSettling(settle: (document: OpenDocument) => void): Settling {
  const waiting = new Map<OpenDocument, NodeJS.Timeout>();

  function cancel(document: OpenDocument) {
    clearTimeout(waiting.get(document));
    waiting.delete(document);
  }

  return {
    soon(document) {
      cancel(document);
      const run = () => {
        waiting.delete(document);
        settle(document);
      };
      waiting.set(document, setTimeout(run, pauseMs));
    },
    cancel,
  };
}
