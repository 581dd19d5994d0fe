/** Which alerts become notifications: those that open, a few at a time, while the watcher that tells of them runs. */
import type { ToldAlert } from "../../server/protocol/fleet-watch.ts";
import type { LiveState } from "./live-state.ts";
import { createThrottle, type ThrottleOptions } from "./throttle.ts";

interface Ends {
  dispose(): void;
}

/** Of a Live Wire. */
export interface Teller {
  state(): LiveState;
  onDidChange(listen: () => void): Ends;
  onDidTell(listen: (told: ToldAlert) => void): Ends;
}

export function createAlertNews(live: Teller, { show, later }: Pick<ThrottleOptions<ToldAlert>, "show" | "later">): Ends {
  const throttle = createThrottle<ToldAlert>({ everyMs: 30_000, later, show });
  const isNew = newIds();
  const told = live.onDidTell((it) => {
    if (it.alert.status === "opened" && isNew(it.alert.id)) throttle.add(it);
    if (it.alert.status === "closed") throttle.drop(({ alert }) => alert.id === it.alert.id);
  });
  const changed = live.onDidChange(() => {
    if (live.state().kind === "off") throttle.drop(() => true);
  });
  return {
    dispose() {
      for (const it of [told, changed, throttle]) it.dispose();
    },
  };
}

/** A watcher that was killed tells the latest once more. */
function newIds(): (id: string) => boolean {
  const known = new Set<string>();
  return (id) => {
    if (known.has(id)) return false;
    known.add(id);
    const [oldest] = known;
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    return true;
  };
}
const mostKnown = 1000;
