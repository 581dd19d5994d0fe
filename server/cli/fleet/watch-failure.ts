/** Why a watcher did not begin, in a word for the program that started it. */
import type { WatchFailure } from "../../protocol/fleet-watch.ts";
import { WatchedAlready } from "../../telemetry/watch-claim.ts";

export function failureOf(error: Error): WatchFailure {
  if (error instanceof WatchedAlready) return "watched-already";
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE" ? "port-in-use" : "other";
}
