/** Who may talk to the port: everybody on this machine by default, nobody from a web page, others by a token. */
import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { Refusal } from "./refusal.ts";

export interface Access {
  /** Needed wherever the port can be reached from outside of this machine. */
  token?: string | undefined;
}

/**
 * Throws a refusal for who may not. A page in a browser reaches loopback ports too: it names its origin, and after DNS rebinding a host that is none of ours.
 */
export function checkAccess({ headers }: IncomingMessage, { token }: Access) {
  if (headers.origin !== undefined) throw new Refusal("from a web page", 403, "requests of web pages are not taken");
  if (token === undefined) {
    if (!isLoopbackHost(headers.host ?? "")) throw new Refusal("foreign host", 403, "the Host header names another machine");
  } else if (!isToken(headers.authorization, token)) throw new Refusal("no token", 401, "send the token: Authorization: Bearer …");
}

/** In a time that does not depend on how much of it is right. */
function isToken(given: string | undefined, token: string): boolean {
  const digest = (it: string) => hash("sha256", it, "buffer");
  return timingSafeEqual(digest(given ?? ""), digest(`Bearer ${token}`));
}

function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return isLoopback(name.replace(/^\[|\]$/g, ""));
}

/** Whether an address is one of this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127.")) || address === "localhost";
}
