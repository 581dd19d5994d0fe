/** Connections of a probe: through the proxies of the environment, trusting what the index's tool trusts. */
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { EnvHttpProxyAgent, Pool, request } from "undici";
import type { Tool } from "../protocol/auth.ts";
import type { PackageIndex } from "./package-index.ts";
import type { Page } from "./probe-answers.ts";
import { unlessAborted } from "./unless-aborted.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export type Connections = ReturnType<typeof openConnections>;

/** Enough to tell an index's page from a login page. */
const enough = 64 * 1024;

/** Throws an error of the transport as it comes: `answerOf` knows what it means. */
export function openConnections(index: PackageIndex, env: Environment) {
  const ca = index.url.startsWith("https:") ? authoritiesOf(index, env) : {};
  const broken = Promise.withResolvers<never>();
  // Whoever waits for a page is told; there may be nobody.
  broken.promise.catch(() => {});
  const agent = new EnvHttpProxyAgent({
    // Where a proxy hangs up, undici would try again without end and without a pause.
    factory: (origin, options) => new Pool(origin, options).on("connectionError", (_origin, _targets, error) => broken.reject(error)),
    httpProxy: firstOf(env, ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
    httpsProxy: firstOf(env, ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
    noProxy: firstOf(env, ["no_proxy", "NO_PROXY"]),
    connect: ca,
    requestTls: ca,
  });
  return {
    async get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Page> {
      const {
        statusCode,
        headers: answered,
        body,
        // Undici hears of the signal only when there is a connection: a proxy that says nothing would keep it waiting for minutes.
      } = await unlessAborted(Promise.race([request(url, { dispatcher: agent, headers, signal }), broken.promise]), signal);
      const first = (name: string) => [answered[name] ?? ""].flat()[0] ?? "";
      const text = statusCode === 200 ? await beginning(body) : "";
      body.on("error", () => {}).destroy();
      return { status: statusCode, type: first("content-type"), body: text, ...(first("location") ? { location: first("location") } : {}) };
    },
    close: () => void agent.destroy(),
  };
}

const firstOf = (env: Environment, names: readonly string[]) =>
  names.map((it) => env[it]).find((it) => it !== undefined && it !== "") ?? "";

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= enough) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Variables that name a tool's own authorities instead of the usual ones; the first that is set counts. */
const replacing: Record<Tool, readonly string[]> = {
  uv: ["SSL_CERT_FILE"],
  pip: ["PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
  npm: ["npm_config_cafile", "NPM_CONFIG_CAFILE"],
  go: ["SSL_CERT_FILE"],
};

function authoritiesOf({ tool, ca }: PackageIndex, env: Environment): { ca?: string[] } {
  const named = firstOf(env, replacing[tool]);
  const added = tool === "npm" ? env.NODE_EXTRA_CA_CERTS : undefined;
  // Node's own list is parsed already; given as text it takes milliseconds for each index.
  if (!named && !added && !ca && !process.env.NODE_EXTRA_CA_CERTS) return {};
  return { ca: [...(named ? pem(named) : tls.rootCertificates), ...pem(added), ...pem(ca)] };
}

function pem(file: string | undefined): string[] {
  if (!file) return [];
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    // A tool says itself that it cannot read it; here nothing is trusted because of it.
    return [];
  }
}
