/**
 * The clouds on loopback. Google's and Microsoft's real host names are reached through a proxy, as in a company's network, which leads them to one TLS server here whose certificate is of an
 * authority of our own. AWS (aws.py) is named by AWS_ENDPOINT_URL_*.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as ask, createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Provider } from "../../../server/protocol/auth.ts";
import { cloudPython } from "../../tools/python.ts";
import { type AzureState, azure } from "./azure-cloud.ts";
import { type GoogleState, google } from "./google-cloud.ts";
import { goodUntil, issued } from "./secrets.ts";

export interface Reply {
  status?: number;
  body: object;
}

interface AwsState {
  requests: string[];
  issued: string[];
  /** As `goodUntil` of secrets.ts. */
  goodUntil: Record<string, number>;
}

export interface Clouds {
  google: GoogleState;
  azure: AzureState;
  /** Requests so far: `POST host/path`. */
  requests: string[];
  /** Changes how AWS answers, and tells what it was asked and what secrets it issued. */
  aws(change?: object): Promise<AwsState>;
  /** Whether the proxy lets anything through. */
  online: boolean;
  /** What makes a process reach them, and nothing else. */
  environment: Record<string, string>;
  /** The environment's own names for an authority and a managed identity on loopback. */
  authority: string;
  secrets(): Promise<string[]>;
  /** Whether it is an access token that this cloud has issued and that does not expire before `at`, in milliseconds since 1970; by default, now. */
  isGood(provider: Provider, token: string, at?: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Where AWS's SDK goes when no variable names another place. */
const awsHosts = { "sts.eu-central-1.amazonaws.com": "sts", "codeartifact.eu-central-1.amazonaws.com": "services" } as const;
const hosts = [
  ...Object.keys(awsHosts),
  "localhost",
  "oauth2.googleapis.com",
  "sts.googleapis.com",
  "iamcredentials.googleapis.com",
  "login.microsoftonline.com",
];

export async function openClouds(): Promise<Clouds> {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-clouds-"));
  const python = join(await cloudPython(), "python");
  await promisify(execFile)(python, [join(import.meta.dirname, "certificates.py"), folder, ...hosts]);
  const aws = await openAws(python);
  const clouds = {
    google: { tokenSeconds: 3600, skewSeconds: 0, revoked: false, subjectToken: "proof-1" },
    azure: { tokenSeconds: 3600, approved: true, refreshTokens: new Set<string>() },
    requests: [] as string[],
    online: true,
  };
  const tls = createServer(
    { cert: readFileSync(join(folder, "cert.pem")), key: readFileSync(join(folder, "key.pem")) },
    async (request, response) => {
      const place = Object.entries(awsHosts).find(([host]) => host === request.headers.host)?.[1];
      if (place) return forward(request, response, aws[place], clouds.requests);
      const { status = 200, body } = (await answer(clouds, request)) ?? { status: 404, body: { error: "not_found" } };
      const date = new Date(Date.now() + clouds.google.skewSeconds * 1000).toUTCString();
      response.writeHead(status, { "content-type": "application/json", date }).end(JSON.stringify(body));
    },
  );
  const port = await listening(tls);
  const proxy = openProxy(port, clouds);
  const proxyPort = await listening(proxy);
  return Object.assign(clouds, {
    aws: aws.control,
    authority: `https://localhost:${port}`,
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      NO_PROXY: "localhost,127.0.0.1",
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      METADATA_SERVER_DETECTION: "none",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL_STS: aws.sts,
      AWS_ENDPOINT_URL_SSO: aws.services,
      AWS_ENDPOINT_URL_SSO_OIDC: aws.services,
      AWS_ENDPOINT_URL_CODEARTIFACT: aws.services,
      // Nothing may look for a machine's metadata at its well-known address.
      AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://127.0.0.1:9",
    },
    secrets: async () => [...issued, ...(await aws.control()).issued],
    async isGood(provider: Provider, token: string, at = Date.now()) {
      const until = provider === "aws" ? (await aws.control()).goodUntil[token] : goodUntil[provider].get(token);
      return until !== undefined && until > at;
    },
    async close() {
      aws.close();
      tls.closeAllConnections();
      tls.close();
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  });
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

const isAddress = (it: AddressInfo | string | null): it is AddressInfo => typeof it === "object" && it !== null;

async function answer(clouds: Pick<Clouds, "google" | "azure" | "requests">, request: IncomingMessage): Promise<Reply | undefined> {
  const host = request.headers.host ?? "";
  const { pathname, searchParams } = new URL(request.url ?? "/", `https://${host}`);
  let body = "";
  for await (const chunk of request) body += chunk;
  clouds.requests.push(`${request.method} ${host}${pathname}`);
  return (
    google(clouds.google, host, pathname, body, request.headers.authorization ?? "") ??
    azure(clouds.azure, `https://${host}`, pathname, searchParams, body)
  );
}

/** As it came: its signature covers the host's name. */
function forward(request: IncomingMessage, response: ServerResponse, to: string, requests: string[]) {
  requests.push(`${request.method} ${request.headers.host}${request.url?.split("?")[0]}`);
  const onward = ask(`${to}${request.url}`, { method: request.method, headers: request.headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  request.pipe(onward);
}

/** Leads every known host to the TLS server; what is unknown is not reachable. */
function openProxy(port: number, clouds: Pick<Clouds, "online" | "requests">) {
  return createHttpServer().on("connect", (request: IncomingMessage, socket) => {
    socket.on("error", () => undefined);
    const host = request.url?.split(":")[0] ?? "";
    if (!clouds.online || !hosts.includes(host)) return socket.destroy();
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    // A keeper that was killed in the middle of a handshake would keep it open for two minutes.
    socket.on("close", () => onward.destroy());
  });
}

async function openAws(python: string): Promise<{ sts: string; services: string; control: Clouds["aws"]; close(): void }> {
  const child = spawn(python, [join(import.meta.dirname, "aws.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const { sts, services }: { sts: string; services: string } = JSON.parse(value ?? "");
  const control = async (change: object = {}) =>
    (await fetch(`${services}/control`, { method: "POST", body: JSON.stringify(change) })).json() as Promise<AwsState>;
  return { sts, services, control, close: () => child.stdin.end() };
}
