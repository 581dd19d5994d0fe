/** Serves commands over the socket, one connection each, and says when nobody will come any more. */
import { createServer, type Server, type Socket } from "node:net";
import {
  type CancellationToken,
  createMessageConnection,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import * as z from "zod";
import { formats, providers } from "../../protocol/auth.ts";
import { AuthError } from "../identity.ts";
import { indexesSchema, optionsSchema } from "../logins.ts";
import { createKept, type Kept } from "./keeper.ts";
import * as protocol from "./protocol.ts";

export interface ServeOptions {
  /** Called when nothing is kept and nobody is connected, and when nobody has asked for a long time. */
  onIdle(): void;
  /** Milliseconds without a request after which even a keeper that holds identities ends. */
  longMs?: number;
  /** Milliseconds that an empty keeper waits for somebody who comes back at once. */
  shortMs?: number;
}

export function createKeeperServer({ onIdle, longMs = 12 * 3600 * 1000, shortMs = 3000 }: ServeOptions): Server {
  const kept = createKept();
  let connected = 0;
  let timer: NodeJS.Timeout | undefined;

  function rest() {
    clearTimeout(timer);
    timer = setTimeout(onIdle, kept.isEmpty() && connected === 0 ? shortMs : longMs);
  }

  const server = createServer((socket) => {
    connected++;
    rest();
    serve(socket, kept, rest);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      connected--;
      rest();
    });
  });
  return server.on("listening", rest);
}

const loginSchema = z.strictObject({
  options: optionsSchema,
  indexes: indexesSchema,
  environment: z.record(z.string(), z.string()),
});
const asked = z.strictObject({
  indexes: z.array(z.strictObject({ url: z.string(), format: z.enum(formats), provider: z.enum(providers) })),
});
const logoutSchema = z.strictObject({ provider: z.enum(providers).exactOptional() });

function serve(socket: Socket, kept: Kept, onRequest: () => void) {
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket), silent);
  /** Cancelled by the caller, or because it went away. */
  const signalOf = (token: CancellationToken) => {
    const controller = new AbortController();
    const abort = () => controller.abort();
    token.onCancellationRequested(abort);
    socket.once("close", abort);
    return controller.signal;
  };
  const answered = async <T>(work: () => Promise<T>): Promise<T> => {
    onRequest();
    try {
      return await work();
    } catch (error) {
      throw error instanceof AuthError ? new ResponseError(protocol.refusedCode, error.message) : error;
    }
  };
  connection.onRequest(protocol.login, (request, token) =>
    answered(() => {
      const prompt = (it: Parameters<typeof connection.sendNotification>[1]) => void connection.sendNotification(protocol.prompted, it);
      return kept.login(loginSchema.parse(request), prompt, signalOf(token));
    }),
  );
  connection.onRequest(protocol.credentials, (request, token) =>
    answered(() => kept.credentials(asked.parse(request).indexes, signalOf(token))),
  );
  connection.onRequest(protocol.status, () => answered(async () => kept.status()));
  connection.onRequest(protocol.logout, (request) => answered(() => kept.logout(logoutSchema.parse(request).provider)));
  connection.listen();
}

/** There is nobody to read what a connection that broke would log. */
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, log: () => undefined };
