/** Answers the runtimes of agents that do not share a disk with the cockpit: `GET /agents/<id>/mothball` is 200 with by, at and reason, or 204 (docs/runtime.md). */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Mothball, readMothballs } from "./signals.ts";

/** `folder` is a `.cockpit`. Whether the request was one of these. */
export function serveMothballs(folder: string, { method, url }: IncomingMessage, response: ServerResponse): boolean {
  const id = /^\/agents\/([^/]+)\/mothball$/.exec(url ?? "")?.[1];
  if (id === undefined || method !== "GET") return false;
  readMothballs(folder).then(
    (agents) => answer(response, agents.get(decoded(id)) ?? agents.get("*")),
    // The runtime leaves things as they are.
    () => response.writeHead(503).end(),
  );
  return true;
}

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
