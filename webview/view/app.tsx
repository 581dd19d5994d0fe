/** The whole of the Forest. */
import { useCallback, useRef } from "preact/hooks";
import type { Forest, Screen } from "../forest.ts";
import { Announcer } from "./announcer.tsx";
import { Banners, News } from "./banners.tsx";
import { Button } from "./button.tsx";
import { type Asked, Confirm } from "./confirm.tsx";
import { useHeir } from "./hand-focus.ts";
import { List } from "./list.tsx";
import { clearFilters, Toolbar } from "./toolbar.tsx";
import { Totals } from "./totals.tsx";
import "./app.css";

export interface Shared {
  readonly forest: Forest;
  readonly screen: Screen;
}

export function App({ forest, screen }: Shared) {
  const scroller = useRef<HTMLElement>(null);
  const opens = useRef<(asked: Asked) => void>(() => {});
  // The same in each frame, so that rows of which nothing changed are not drawn again.
  const ask = useCallback((it: Asked) => opens.current(it), []);
  useHeir(screen.wanted !== undefined);
  return (
    <main ref={scroller} class="scroller" aria-label="Forest">
      <h1 class="unseen">Forest</h1>
      <header class="head">
        <Totals forest={forest} screen={screen} />
        <Banners forest={forest} screen={screen} />
      </header>
      {screen.rows.length > 0 && <Toolbar forest={forest} screen={screen} />}
      {screen.items.length === 0 ? <Nothing forest={forest} screen={screen} /> : <List {...{ forest, screen, scroller }} ask={ask} />}
      <News forest={forest} screen={screen} />
      <Confirm forest={forest} opens={opens} />
      <Announcer screen={screen} />
    </main>
  );
}

/** Why the list is empty, and what to do. */
function Nothing({ forest, screen }: Shared) {
  if (screen.rows.length > 0)
    return (
      <section class="nothing">
        <p>No agent passes the filters.</p>
        <Button icon="clear-all" onClick={() => clearFilters(forest)}>
          Clear Filters
        </Button>
      </section>
    );
  if (!screen.hasFolder) return <Why>Open the folder that holds your agents to see how they are.</Why>;
  if (screen.server.state === "error") return <Why>Nothing was audited yet, so no agent is known.</Why>;
  if (screen.server.state !== "ready" || !screen.isTold) return <Why>Looking for agents…</Why>;
  return (
    <section class="nothing">
      <p>No agents found here.</p>
      <p>
        An agent is a folder whose code calls a model or speaks an agent protocol, in Python, TypeScript, JavaScript or Go. Folders that git
        ignores are left out.
      </p>
      <Button icon="refresh" onClick={() => forest.post({ kind: "auditWorkspace" })}>
        Audit Again
      </Button>
    </section>
  );
}

/** Nothing can be pressed, but the focus of what could be may come here. */
const Why = ({ children }: { children: string }) => (
  <p class="nothing" tabIndex={-1}>
    {children}
  </p>
);
