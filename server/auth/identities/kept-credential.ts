/** A credential that is fetched when somebody needs it and kept while it is good. */
import type { TimedCredential } from "../identity.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { clockProblem } from "./problems.ts";

/** Fewer milliseconds than this and a new one is fetched, so that what is handed out lasts for the work it is for. */
const enough = 5 * 60 * 1000;

export interface KeptCredential {
  get(signal?: AbortSignal): Promise<TimedCredential>;
  /** Of the one that is kept now. */
  expiresAt(): number | undefined;
}

/** `whom` it is fetched from. Several who ask at once share one fetch, which none of them alone can cancel. When a fetch fails, the old one serves until it has expired. */
export function keptCredential(whom: string, fetch: () => Promise<TimedCredential>): KeptCredential {
  let kept: TimedCredential | undefined;
  let fetching: Promise<TimedCredential> | undefined;

  async function renew(): Promise<TimedCredential> {
    try {
      const fetched = await fetch();
      if (fetched.expiresAt <= Date.now()) throw clockProblem(whom);
      kept = fetched;
      return kept;
    } catch (error) {
      if (kept && kept.expiresAt > Date.now()) return kept;
      throw error;
    } finally {
      fetching = undefined;
    }
  }

  return {
    async get(signal) {
      signal?.throwIfAborted();
      if (kept && kept.expiresAt - Date.now() >= enough) return kept;
      fetching ??= renew();
      return unlessAborted(fetching, signal);
    },
    expiresAt: () => kept?.expiresAt,
  };
}
