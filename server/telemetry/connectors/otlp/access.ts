/** Who may talk to the port: everybody on this machine by default, nobody from a web page, others by a token. */
import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

export interface Access {
  /** Needed wherever the port can be reached from outside of this machine. */
  token?: string | undefined;
}

export interface AccessRefusal {
  what: string;
  status: number;
  message: string;
}

/**
 * Undefined for who may. A page in a browser reaches loopback ports too: it names its origin, and after DNS rebinding a host that is none of ours.
 */
export function refusal({ headers }: IncomingMessage, { token }: Access): AccessRefusal | undefined {
  if (headers.origin !== undefined) return { what: "from a web page", status: 403, message: "requests of web pages are not taken" };
  if (token !== undefined)
    return isToken(headers.authorization, token)
      ? undefined
      : { what: "no token", status: 401, message: "send the token: Authorization: Bearer …" };
  if (!isLoopbackHost(headers.host ?? "")) return { what: "foreign host", status: 403, message: "the Host header names another machine" };
  return undefined;
}

/** In a time that does not depend on how much of it is right. */
function isToken(given: string | undefined, token: string): boolean {
  const digest = (it: string) => hash("sha256", it, "buffer");
  return timingSafeEqual(digest(given ?? ""), digest(`Bearer ${token}`));
}

function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return name === "localhost" || isLoopback(name);
}

/** Whether an address is one of this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127.")) || address === "localhost";
}
