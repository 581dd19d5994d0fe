/** Listens for OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), so that any agent with OpenTelemetry can stream in. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createCounter } from "../../counter.ts";
import type { Connector, ConnectorHealth } from "../connector.ts";
import { createHandler, type HandlerOptions } from "./handler.ts";

export interface OtlpOptions extends HandlerOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
}

export interface OtlpConnector extends Connector {
  /** Where it listens: `http://127.0.0.1:4318`. */
  url(): string;
}

export function createOtlpConnector(options: OtlpOptions): OtlpConnector {
  const counter = createCounter();
  let server: Server | undefined;
  let state: ConnectorHealth["state"] = "starting";

  return {
    name: "otlp",
    url: () => urlOf(server),
    async start(intake) {
      const mine = createServer({ requestTimeout: 30_000, keepAliveTimeout: 60_000 }, createHandler(intake, counter, options));
      mine.on("clientError", (error, socket) => {
        if (isMalformed(error)) counter.add("malformed");
        socket.destroy();
      });
      await listening(mine, options);
      server = mine;
      state = "running";
    },
    async stop() {
      state = "stopped";
      const old = server;
      if (!old) return;
      // Whoever stops in the middle of a request must not hold up the end; what is taken is answered before.
      const last = setTimeout(() => old.closeAllConnections(), patienceMs);
      await new Promise<void>((resolve) => {
        old.close(() => resolve());
        old.closeIdleConnections();
      });
      clearTimeout(last);
    },
    health: () => ({ state, detail: state === "running" ? urlOf(server) : state, counts: counter.all() }),
  };
}

const patienceMs = 2000;

/** Others hung up, or were too slow. */
const isMalformed = ({ code = "" }: NodeJS.ErrnoException) => code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE";

function listening(server: Server, { host, port }: OtlpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Error(listenProblem(error, host, port), { cause: error })));
    server.listen(port, host, resolve);
  });
}

function listenProblem(error: Error, host: string, port: number): string {
  const code = "code" in error ? error.code : "";
  if (code === "EADDRINUSE") return `port ${port} is in use, perhaps by another cockpit or collector; choose another with --port`;
  if (code === "EACCES") return `port ${port} may not be used; choose one above 1023 with --port`;
  return `${host}:${port} cannot be listened on: ${error.message}`;
}

function urlOf(server: Server | undefined): string {
  const address = server?.address();
  if (!isAddress(address)) return "";
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

const isAddress = (it: AddressInfo | string | null | undefined): it is AddressInfo => typeof it === "object" && it !== null;
