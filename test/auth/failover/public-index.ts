/** A public index of both kinds on loopback that records every request it gets. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { listen } from "./listen.ts";
import type { Package } from "./packages.ts";

export interface PublicIndex {
  pypi: string;
  npm: string;
  /** Method, path, headers and body as they came; emptied by `forget`. */
  seen: readonly string[];
  forget(): void;
  close(): void;
}

/** Serves the wheels and tarballs of `folder`. */
export async function openPublicIndex(folder: string, packages: readonly Package[]): Promise<PublicIndex> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? "/");
    seen.push(`${request.method} ${path} ${JSON.stringify(request.headers)} ${await bodyOf(request)}`);
    const answer = path.startsWith("/files/")
      ? fileOf(folder, path)
      : path.startsWith("/simple/")
        ? pageOf(folder, path)
        : packumentOf(packages, path, url);
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  });
  const url = await listen(server);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return {
    pypi: `${url}/simple`,
    npm: `${url}/`,
    seen,
    forget: () => void seen.splice(0),
    close,
  };
}

/** npm packs what it sends. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const sent = Buffer.concat(await request.toArray());
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent).toString();
}

interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
}

const missing: Answer = { status: 404, type: "application/json", body: "{}" };

function fileOf(folder: string, path: string): Answer {
  return { status: 200, type: "application/octet-stream", body: readFileSync(join(folder, basename(path))) };
}

function pageOf(folder: string, path: string): Answer {
  const stem = (path.split("/")[2] ?? "").replaceAll("-", "_");
  const wheels = readdirSync(folder).filter((it) => it.startsWith(`${stem}-`) && it.endsWith(".whl"));
  if (wheels.length === 0) return missing;
  return { status: 200, type: "text/html", body: wheels.map((it) => `<a href="/files/${it}">${it}</a>`).join("\n") };
}

function packumentOf(packages: readonly Package[], path: string, url: string): Answer {
  const found = packages.find(({ name }) => path === `/${name}`);
  if (!found) return missing;
  const { name, version, needs = [] } = found;
  const dependencies = Object.fromEntries(needs.map((it) => [it, "*"]));
  const dist = { tarball: `${url}/files/${name}-${version}.tgz` };
  const body = JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: { name, version, dependencies, dist } } });
  return { status: 200, type: "application/json", body };
}
