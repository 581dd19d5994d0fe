/** Keeps a process running: starts it again when it dies, after longer and longer waits, and gives up when it never gets going. */

export interface Run {
  /** Resolves when the process is gone, with why in a sentence. */
  ended: Promise<string>;
  /** Whether it has got going at least once. */
  hasStarted(): boolean;
  /** Whether it said itself that it cannot go on, so that another try would be in vain. */
  hasGivenUp(): boolean;
  stop(): void;
}

export interface SupervisorOptions {
  launch(): Run;
  /** Before a wait. */
  onWait(why: string, ms: number): void;
  /** When no further try is made. */
  onGivenUp(why: string): void;
  now(): number;
  later(run: () => void, ms: number): () => void;
}

export interface Supervisor {
  /** Resolves when the process is gone. It is not started again. */
  stop(): Promise<void>;
}

export function supervise({ launch, onWait, onGivenUp, now, later }: SupervisorOptions): Supervisor {
  let isStopped = false;
  let failures = 0;
  let cancel: (() => void) | undefined;
  let run: Run;

  function start() {
    const startedAt = now();
    const mine = launch();
    run = mine;
    void mine.ended.then((why) => isStopped || next(why, mine, now() - startedAt));
  }

  function next(why: string, { hasStarted, hasGivenUp }: Run, ranMs: number) {
    failures = hasStarted() && ranMs > steadyMs ? 1 : failures + 1;
    if (hasGivenUp() || failures > mostFailures) return onGivenUp(why);
    const wait = Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
    onWait(why, wait);
    cancel = later(start, wait);
  }

  start();
  return {
    async stop() {
      isStopped = true;
      cancel?.();
      run.stop();
      await run.ended;
    },
  };
}

/** What ran this long was well, milliseconds. */
const steadyMs = 60_000;
const firstWaitMs = 1000;
const longestWaitMs = 60_000;
const mostFailures = 8;
