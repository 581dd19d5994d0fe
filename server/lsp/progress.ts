/** Work-done progress of long work, which the person can cancel; silent where the editor has none. */
import { CancellationToken, CancellationTokenSource, type Connection } from "vscode-languageserver/node";
import type { ClientSupport } from "./client-support.ts";

export interface Progress {
  /** Cancelled by the person, or by whoever asked for the work. */
  token: CancellationToken;
  /** `fraction` is between 0 and 1. */
  report(message: string, fraction: number): void;
  done(): void;
}

export async function openProgress(
  connection: Connection,
  support: ClientSupport,
  title: string,
  outer: CancellationToken = CancellationToken.None,
): Promise<Progress> {
  if (!support.progress) return { token: outer, report() {}, done() {} };
  const shown = await connection.window.createWorkDoneProgress();
  const source = new CancellationTokenSource();
  const listeners = [shown.token, outer].map((it) => it.onCancellationRequested(() => source.cancel()));
  if (outer.isCancellationRequested) source.cancel();
  shown.begin(title, 0, undefined, true);
  return {
    token: source.token,
    report: (message, fraction) => shown.report(Math.round(fraction * 100), message),
    done() {
      for (const it of listeners) it.dispose();
      shown.done();
    },
  };
}
