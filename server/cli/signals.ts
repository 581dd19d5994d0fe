/** The signals that end a command. The first asks it to stop at a safe point, the second does not wait for it; a command that runs another one may take them over. */

const interrupted = new AbortController();
const exitCodes = { SIGINT: 130, SIGTERM: 143 };
let taken: ((signal: NodeJS.Signals) => void) | undefined;

/** Aborted by the first signal. */
export function listenForSignals(): AbortSignal {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (taken ? taken(signal) : stop(signal)));
  return interrupted.signal;
}

function stop(signal: "SIGINT" | "SIGTERM") {
  if (interrupted.signal.aborted) process.exit(exitCodes[signal]);
  process.exitCode = exitCodes[signal];
  interrupted.abort();
}

/** From now on every signal goes to `handler`, until the function that is returned is called. */
export function takeSignals(handler: (signal: NodeJS.Signals) => void): () => void {
  taken = handler;
  for (const signal of others) process.on(signal, handler);
  return () => {
    taken = undefined;
    for (const signal of others) process.off(signal, handler);
  };
}

/** Windows knows SIGHUP and SIGBREAK alone. */
const others: readonly NodeJS.Signals[] = process.platform === "win32" ? ["SIGHUP", "SIGBREAK"] : ["SIGHUP", "SIGQUIT", "SIGUSR2"];
