/** A door with a lock in front of a registry, as clouds have it: 401 without the token of the day, whatever the user name. It keeps what it was asked. */
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface Gate {
  /** Without a path. */
  url: string;
  /** Tokens that open it. */
  tokens: Set<string>;
  /** Whether a token opens it now: by default one of `tokens`. */
  accepts(token: string): boolean | Promise<boolean>;
  asked: { path: string; token: string | undefined; status: number }[];
  close(): Promise<void>;
}

export interface GateOptions {
  upstream: string;
  tokens: readonly string[];
  tls?: { key: string; cert: string };
  /** Called by a request for `/-/rotate`. */
  rotate?(gate: Gate): void;
}

export async function openGate({ upstream, tokens, tls, rotate }: GateOptions): Promise<Gate> {
  const listener: RequestListener = async (incoming, outgoing) => {
    const path = incoming.url ?? "/";
    const token = tokenOf(incoming);
    const isOpen = token !== undefined && (await gate.accepts(token));
    const isRotation = path === "/-/rotate";
    gate.asked.push({ path, token, status: isOpen || isRotation ? 200 : 401 });
    if (isRotation) {
      rotate?.(gate);
      outgoing.end();
    } else if (isOpen) pass(incoming, outgoing, upstream);
    else outgoing.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end("no\n");
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const gate: Gate = {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    tokens: new Set(tokens),
    accepts: (token) => gate.tokens.has(token),
    asked: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gate;
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const [, kind, value = ""] = /^(Basic|Bearer) (.+)$/.exec(headers.authorization ?? "") ?? [];
  if (kind === "Bearer") return value;
  const pair = Buffer.from(value, "base64").toString();
  return kind === "Basic" ? pair.slice(pair.indexOf(":") + 1) : undefined;
}

/** The host stays the one that was asked for: a registry makes its links from it. */
function pass(incoming: IncomingMessage, outgoing: ServerResponse, upstream: string) {
  const { authorization: _, ...headers } = incoming.headers;
  const forwarded = request(new URL(incoming.url ?? "/", upstream), { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  forwarded.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(forwarded);
}
