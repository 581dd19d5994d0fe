/** Listens for OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), so that any agent with OpenTelemetry can stream in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createCounter } from "../../counter.ts";
import type { Connector, ConnectorHealth, Intake } from "../connector.ts";
import { type Access, refusal } from "./access.ts";
import { type Body, busy, createBodies, type Encoding, encodingOf, ReadError } from "./body.ts";
import { eventOfSignal } from "./events.ts";
import { decodeJson } from "./json.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { createReadings } from "./readings.ts";
import { responseBody } from "./response.ts";
import { MalformedRequest, type Signal, type SignalPath, signalPaths } from "./signals.ts";

export interface OtlpOptions extends Access {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Answers what agents ask besides (their mothball signal); whether it did. */
  alsoServe?(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface OtlpConnector extends Connector {
  /** Where it listens: `http://127.0.0.1:4318`. */
  url(): string;
}

export function createOtlpConnector(options: OtlpOptions): OtlpConnector {
  const counter = createCounter();
  const withBody = createBodies(mostBytes);
  const readPoint = createReadings(Date.now());
  let server: Server | undefined;
  let state: ConnectorHealth["state"] = "starting";

  async function receive(intake: Intake, path: SignalPath, request: IncomingMessage): Promise<Reply> {
    const encoding = encodingOf(request);
    if (!encoding) return refuse("unknown content type", 415, "send application/x-protobuf or application/json");
    if (intake.isFull()) throw busy();
    return withBody(request, async (body) => {
      // Many may have been read meanwhile.
      if (intake.isFull()) throw busy();
      const signals = decode(path, encoding, body);
      const events = signals.map((it) => eventOfSignal(it, readPoint)).filter((it) => it !== undefined);
      counter.add("skipped", signals.length - events.length);
      const taken = await intake.take(events);
      counter.add("events", events.length);
      return { status: 200, encoding, body: responseBody(path, encoding, taken) };
    });
  }

  function refuse(what: string, status: number, message: string): Reply {
    counter.add(what);
    return { status, message };
  }

  async function answer(intake: Intake, request: IncomingMessage, response: ServerResponse) {
    const no = refusal(request, options);
    if (no) return send(response, refuse(no.what, no.status, no.message));
    if (options.alsoServe?.(request, response)) return;
    const path = signalPaths.find((it) => request.url === `/v1/${it}`);
    if (!path) return send(response, refuse("unknown path", 404, "post to /v1/traces, /v1/logs or /v1/metrics"));
    if (request.method !== "POST") return send(response, refuse("not a POST", 405, "use POST"));
    send(response, await receive(intake, path, request).catch((error: unknown) => failed(error)));
  }

  function failed(error: unknown): Reply {
    if (error instanceof MalformedRequest) return refuse("malformed", 400, error.message);
    if (error instanceof ReadError)
      return { ...refuse(error.what, error.status, error.message), retryAfterSeconds: error.status === 503 ? 1 : undefined };
    // Nothing of it is kept, so it has to come again: https://opentelemetry.io/docs/specs/otlp/#failures-1
    return { ...refuse("not kept", 503, "it could not be kept; send it again"), retryAfterSeconds: 5 };
  }

  return {
    name: "otlp",
    url: () => urlOf(server),
    async start(intake) {
      const mine = createServer(
        { requestTimeout: 30_000, keepAliveTimeout: 60_000 },
        (request, response) => void answer(intake, request, response),
      );
      mine.on("clientError", (_error, socket) => socket.destroy());
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
/** Of bodies, unpacked, at one time: what is made of them takes several times as much. */
const mostBytes = 64 * 1024 * 1024;

interface Reply {
  status: number;
  message?: string;
  encoding?: Encoding;
  body?: string | Uint8Array;
  retryAfterSeconds?: number | undefined;
}

function send(response: ServerResponse, { status, message, encoding = "json", body, retryAfterSeconds }: Reply) {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  if (retryAfterSeconds) response.setHeader("Retry-After", retryAfterSeconds);
  // What is left of a body that was not read would be taken for the next request.
  if (status !== 200) response.setHeader("Connection", "close");
  response.setHeader("Content-Type", encoding === "json" ? "application/json" : "application/x-protobuf");
  response.end(body ?? JSON.stringify({ message }));
}

function decode(path: SignalPath, encoding: Encoding, body: Body): Signal[] {
  return encoding === "json" ? decodeJson(path, body.toString("utf8")) : decodeProtobuf(path, body);
}

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
