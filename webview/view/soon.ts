/** Work that can wait for a later frame, so that none takes too long: a few milliseconds of it each. */

const waiting = new Set<() => void>();
const budgetMs = 3;

/** Does it soon; what it returns takes it back. */
export function soon(work: () => void): () => void {
  if (waiting.size === 0) requestAnimationFrame(doSome);
  waiting.add(work);
  return () => waiting.delete(work);
}

function doSome() {
  const end = performance.now() + budgetMs;
  for (const work of waiting) {
    waiting.delete(work);
    work();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) requestAnimationFrame(doSome);
}
