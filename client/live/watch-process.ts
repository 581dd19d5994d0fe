/** One run of `cockpit fleet watch`: its lines, checked, and its end. */
import type * as vscode from "vscode";
import { type WatchNews, type WatchRequest, watchLineSchema } from "../../server/protocol/fleet-watch.ts";
import { parsedJson } from "../../server/protocol/json.ts";
import { endOf, startCockpit } from "./cockpit-process.ts";
import { lineReader } from "./lines.ts";
import type { Run } from "./supervisor.ts";

export interface WatchOptions {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  /** Absolute path of the workspace folder. */
  folder: string;
  port: number;
  onLine(line: WatchNews): void;
}

export interface WatchRun extends Run {
  /** Nothing comes of it when the process is gone. */
  ask(request: WatchRequest): void;
}

export function startWatch({ context, log, folder, port, onLine }: WatchOptions): WatchRun {
  let [hasStarted, hasGivenUp, problem] = [false, false, ""];
  const flags = ["--live", "--agents", "--format", "json", "--quiet", "--target", folder, "--port", String(port)];
  const child = startCockpit(context, ["fleet", "watch", ...flags]);

  function take(text: string) {
    const line = watchLineSchema.safeParse(parsedJson(text));
    if (!line.success) return log.error(`Live Wire: a line of another shape: ${text.slice(0, 500)}`);
    if (line.data.kind === "listening") hasStarted = true;
    onLine(line.data);
  }

  function note(text: string) {
    log.info(`Live Wire: ${text}`);
    if (text.startsWith(prefix)) problem = text.slice(prefix.length);
  }

  child.stdout?.setEncoding("utf8").on("data", lineReader(take));
  child.stderr?.setEncoding("utf8").on("data", lineReader(note));
  const ended = endOf(child).then(
    ({ code, signal }) => {
      hasGivenUp = code === wrongEnvironment && !hasStarted;
      return code === wrongEnvironment && problem ? problem : `the watcher ended (${signal ?? `exit code ${code}`})`;
    },
    (error: Error) => `the watcher could not be started: ${error.message}`,
  );
  return {
    ended,
    hasStarted: () => hasStarted,
    hasGivenUp: () => hasGivenUp,
    ask(request) {
      if (child.connected) child.send(request, (error) => error && log.warn(`Live Wire: ${error.message}`));
    },
    stop() {
      // It keeps what it has learnt and goes; one that hangs is ended.
      if (child.connected) child.disconnect();
      const last = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      void ended.then(() => clearTimeout(last));
    },
  };
}

const patienceMs = 5000;
/** How the command's messages begin. */
const prefix = "cockpit: ";
/** The command's exit code when it cannot do what it was asked, now or later: the port, cockpit.json, another watcher. */
const wrongEnvironment = 2;
