/** How a command reaches the keeper, and starts it where there is none. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import type { Provider } from "../../protocol/auth.ts";
import { AuthError, type Prompt } from "../identity.ts";
import { withoutRevealing } from "./environment.ts";
import { keeperPlace } from "./place.ts";
import * as protocol from "./protocol.ts";

/** Its calls throw an AuthError. */
export interface Keeper {
  login(request: Omit<protocol.LoginRequest, "environment">, how: { prompt: Prompt; signal: AbortSignal }): Promise<protocol.LoggedIn>;
  credentials(indexes: readonly protocol.AskedIndex[], signal?: AbortSignal): Promise<readonly protocol.Answer[]>;
  status(): Promise<readonly protocol.KeptState[]>;
  logout(provider?: Provider): Promise<void>;
  /** Lets the command end; the keeper goes on. */
  close(): void;
}

/** The keeper that runs; where none does, starts one. */
export async function connectKeeper(): Promise<Keeper> {
  const place = keeperPlace();
  for (let attempt = 0; attempt < 3; attempt++) {
    const socket = await reach(place);
    if (socket) return keeperBehind(socket);
    await start();
  }
  throw new AuthError("the process that keeps logins cannot be reached; end it if one hangs (keeper.mjs), then try again");
}

/** The keeper that runs, if one does. */
export async function runningKeeper(): Promise<Keeper | undefined> {
  const socket = await reach(keeperPlace());
  return socket && keeperBehind(socket);
}

function reach(place: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(place);
    socket.once("connect", () => resolve(socket)).once("error", () => resolve(undefined));
  });
}

/** Resolves when a keeper listens: the one it started, or one that was faster. */
function start(): Promise<void> {
  const child = spawn(process.execPath, [keeperFile()], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: withoutRevealing(process.env),
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new AuthError(`the process that keeps logins did not start (${why}); run \`cockpit doctor\``));
    child.once("error", (error) => failed(error.message));
    child.once("exit", (code) => failed(`exit code ${code}`));
    child.once("message", (state: { problem?: string }) => {
      child.removeAllListeners();
      child.unref();
      if (child.connected) child.disconnect();
      if (state.problem) failed(state.problem);
      else resolve();
    });
  });
}

/** In the bundle it stands beside the command. */
function keeperFile(): string {
  const bundled = join(import.meta.dirname, "keeper.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "main.ts");
}

function keeperBehind(socket: Socket): Keeper {
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  const lost = new Promise<never>((_, reject) => {
    connection.onClose(() => reject(new AuthError("the process that keeps logins ended; run the command again")));
  });
  lost.catch(() => undefined);
  connection.listen();
  const answered = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([answer, lost]);
    } catch (error) {
      throw error instanceof ResponseError && error.code === protocol.refusedCode ? new AuthError(error.message) : error;
    }
  };
  return {
    login: (request, { prompt, signal }) =>
      cancellable(signal, (token) => {
        connection.onNotification(protocol.prompted, prompt);
        return answered(connection.sendRequest(protocol.login, { ...request, environment: withoutRevealing(process.env) }, token));
      }),
    credentials: (indexes, signal) =>
      cancellable(signal, (token) => answered(connection.sendRequest(protocol.credentials, { indexes }, token))),
    status: () => answered(connection.sendRequest(protocol.status)),
    logout: (provider) => answered(connection.sendRequest(protocol.logout, provider ? { provider } : {})),
    close: () => close(connection, socket),
  };
}

/** Rejects with the signal's reason when it aborts. */
async function cancellable<T>(signal: AbortSignal | undefined, work: (token: CancellationTokenSource["token"]) => Promise<T>): Promise<T> {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    signal?.throwIfAborted();
    return await work(source.token);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function close(connection: MessageConnection, socket: Socket) {
  connection.dispose();
  socket.destroy();
}
