/** Answers the runtimes of agents that do not share a disk with the cockpit: `GET /agents/<id>/mothball` is 200 with by, at and reason, or 204 (docs/runtime.md). */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Mothball, readMothballs } from "./signals.ts";

/** Whether the request was one of these. `folder` is a `.cockpit`. */
export function createMothballEndpoint(folder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  let agents: Promise<ReadonlyMap<string, Mothball>> = Promise.resolve(new Map());
  let readAt = Number.NEGATIVE_INFINITY;

  /** A fleet asks thousands of times a second, in which little changes. */
  function latest(): Promise<ReadonlyMap<string, Mothball>> {
    if (performance.now() - readAt <= readAgainMs) return agents;
    readAt = performance.now();
    agents = readMothballs(folder);
    return agents;
  }

  return ({ method, url }, response) => {
    const id = /^\/agents\/([^/]+)\/mothball$/.exec(url ?? "")?.[1];
    if (id === undefined || method !== "GET") return false;
    latest().then(
      (all) => answer(response, all.get(decoded(id)) ?? all.get("*")),
      // The runtime leaves things as they are.
      () => response.writeHead(503).end(),
    );
    return true;
  };
}

const readAgainMs = 20;

function answer(response: ServerResponse, entry: Mothball | undefined) {
  if (!entry) return response.writeHead(204).end();
  return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(entry));
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
