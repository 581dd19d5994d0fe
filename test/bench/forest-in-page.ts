/** What is measured in the pages of VS Code, each function on its own there: nothing from around it goes along. */

/**
 * In the window of VS Code: notes when Enter was pressed last, and when the Forest that it opens can be used: all agents are counted, a row is drawn, and the focus has moved there. A web view's pages
 * are of the same origin as their window here.
 */
export function noteOpening(count: string) {
  const documentsOf = (inside: Window): Document[] => [
    inside.document,
    ...Array.from({ length: inside.frames.length }, (_, at) => inside.frames[at]).flatMap((it) => (it ? documentsOf(it) : [])),
  ];

  function headOf(document: Document): HTMLElement | undefined {
    const isCounted = document.querySelector(".totals")?.textContent?.includes(count);
    return (isCounted && document.querySelector<HTMLElement>(".agent .head")) || undefined;
  }

  const whenUsable = () => {
    const head = documentsOf(window)
      .map(headOf)
      .find((it) => it !== undefined);
    if (!head) return requestAnimationFrame(whenUsable);
    head.focus();
    return requestAnimationFrame(() => Object.assign(window, { usableAt: performance.now() }));
  };

  function noted({ key }: KeyboardEvent) {
    if (key !== "Enter") return;
    Object.assign(window, { enteredAt: performance.now(), usableAt: 0 });
    window.removeEventListener("keydown", noted, true);
    whenUsable();
  }

  window.addEventListener("keydown", noted, true);
}

/** Lays ready what is measured in the Forest's frame. */
export function layReady() {
  const inputs: number[] = [];
  const named = ["keydown", "keyup", "pointerdown", "click"];
  let keys = 0;
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) if (named.includes(it.name)) inputs.push(it.duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  for (const name of ["keydown", "keyup"]) window.addEventListener(name, () => keys++, true);

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const painted = async () => {
    await frame();
    // What comes after the frame comes after its paint.
    await new Promise((resolve) => setTimeout(resolve));
  };
  const rates = (name: string) => document.querySelector(`.agent[aria-label="${name}"] .rates`)?.textContent ?? "";

  /** Resolves with the moment at which an agent's figures are painted that are other ones than at the call. */
  async function changed(name: string): Promise<number> {
    const before = rates(name);
    for (const end = Date.now() + 10_000; rates(name) === before; ) {
      if (Date.now() > end) throw new Error(`${name} stays at ${before}`);
      await frame();
    }
    await painted();
    return performance.timeOrigin + performance.now();
  }

  /** Says again what the extension said, as fast as frames are drawn, twenty messages for each. */
  async function replay(messages: readonly string[], turns: number): Promise<void> {
    for (let at = 0; at < turns; at++) {
      window.postMessage(messages[at % messages.length], "*");
      if (at % 20 === 19) await painted();
    }
  }

  Object.assign(window, { bench: { changed, replay, seen: () => ({ slow: inputs, keys }) } });
}
