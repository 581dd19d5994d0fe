/** Tokens as the local clouds issue them; every one is remembered, so that a test can search for all of them. */
import { randomBytes } from "node:crypto";

export const issued: string[] = [];

/** By cloud: its access tokens, and until when each is good, in milliseconds since 1970. */
export const goodUntil = { google: new Map<string, number>(), azure: new Map<string, number>() };

export function good(cloud: keyof typeof goodUntil, token: string, seconds: number): string {
  goodUntil[cloud].set(token, Date.now() + seconds * 1000);
  return token;
}

export function opaque(prefix: string): string {
  const secret = `${prefix}${randomBytes(30).toString("base64url")}`;
  issued.push(secret);
  return secret;
}

/** A token that says who its bearer is; nobody checks its signature here. */
export function jwt(claims: object): string {
  const part = (it: object) => Buffer.from(JSON.stringify(it)).toString("base64url");
  const secret = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${randomBytes(30).toString("base64url")}`;
  issued.push(secret);
  return secret;
}
