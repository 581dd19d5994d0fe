/** A small proxy before an index that answers in one of the ways in which indexes fail. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { listen } from "./listen.ts";

export const cases = ["200", "401", "403", "407", "302", "login page", "hang", "reset", "wrong certificate"] as const;
export type Case = (typeof cases)[number];

export interface BrokenIndex {
  url: string;
  /** `performance.now()` of the first answer that refused. */
  refusedAt(): number | undefined;
  forget(): void;
  close(): void;
}

const loginPage =
  '<!doctype html><title>Welcome</title><form action="/login" method="post"><input name="user"><input type="password" name="password"></form>';

/** `upstream` is the address of the index that works; `home` a folder to keep a certificate in. */
export async function openBroken(how: Case, upstream: string, home: string): Promise<BrokenIndex> {
  let refused: number | undefined;
  const forget = () => {
    refused = undefined;
  };
  const refuse = (response: ServerResponse, status: number, headers: Record<string, string> = {}) => {
    refused ??= performance.now();
    response.writeHead(status, headers).end();
  };
  const login = createServer((_, response) => void response.writeHead(200, { "content-type": "text/html" }).end(loginPage));
  const loginUrl = (await listen(login)).replace("127.0.0.1", "localhost");
  const answers: Record<Case, (incoming: IncomingMessage, response: ServerResponse) => void> = {
    "200": (incoming, response) => forward(upstream, incoming, response),
    "401": (_, response) => refuse(response, 401, { "www-authenticate": 'Basic realm="corp"' }),
    "403": (_, response) => refuse(response, 403),
    "407": (_, response) => refuse(response, 407, { "proxy-authenticate": 'Basic realm="proxy"' }),
    "302": (_, response) => refuse(response, 302, { location: `${loginUrl}/login` }),
    "login page": (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end(loginPage),
    hang: () => {},
    reset: (incoming) => void incoming.socket.resetAndDestroy(),
    "wrong certificate": (incoming, response) => forward(upstream, incoming, response),
  };
  const isTls = how === "wrong certificate";
  const server = isTls ? createTlsServer(certificate(home), answers[how]) : createServer(answers[how]);
  return {
    url: await listen(server, isTls ? "https" : "http"),
    refusedAt: () => refused,
    forget,
    close: () => {
      for (const it of [server, login]) {
        it.closeAllConnections();
        it.close();
      }
    },
  };
}

/** With the host as the client named it, so that what the index says of itself leads here again. */
function forward(upstream: string, incoming: IncomingMessage, response: ServerResponse) {
  const { method = "GET", url = "/", headers } = incoming;
  const outgoing = request(new URL(url, upstream), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.once("error", () => response.destroy());
  incoming.pipe(outgoing);
}

/** Signed by itself. */
function certificate(home: string) {
  const [key, cert] = [join(home, "key.pem"), join(home, "cert.pem")];
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=corp -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
  execFileSync("openssl", args.split(" "), { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
