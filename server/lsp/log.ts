/** The server's log, which the editor shows: what went wrong, to what. Nothing is swallowed. */
import { type Connection, MessageType, ShowMessageNotification } from "vscode-languageserver/node";

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(what: string, error: unknown): void;
  /** Tells the person, who asked for what did not happen. */
  tell(message: string): void;
  /** Runs `work`; what it throws is logged as a failure of `what`. */
  guard(what: string, work: () => Promise<void> | void): Promise<void>;
}

export function createLog(connection: Connection): Log {
  const error = (what: string, cause: unknown) => connection.console.error(`${what}: ${described(cause)}`);
  return {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
    error,
    tell: (message) => void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }),
    async guard(what, work) {
      try {
        await work();
      } catch (cause) {
        error(what, cause);
      }
    },
  };
}

/** The log is for people who look for a cause, so the stack belongs in it. */
const described = (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
