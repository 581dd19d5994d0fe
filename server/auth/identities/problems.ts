/** What goes wrong with every cloud alike: no network, a certificate that is not trusted, a clock that is wrong. */
import { AuthError } from "../identity.ts";

/** Error codes along the chain of causes, outermost first. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let it = error, depth = 0; it instanceof Error && depth < 8; it = it.cause, depth++) {
    if ("code" in it && typeof it.code === "string") codes.push(it.code);
    if (it instanceof AggregateError) codes.push(...it.errors.flatMap(codesOf));
  }
  return codes;
}

/** Messages along the chain of causes, a line each. */
export function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let it = error, depth = 0; it instanceof Error && depth < 8; it = it.cause, depth++) messages.push(it.message);
  return messages.join("\n");
}

/** The problem with the connection to `whom`, if it is one. */
export function connectionProblem(error: unknown, whom: string): AuthError | undefined {
  const text = `${codesOf(error).join(" ")} ${messagesOf(error)}`;
  const tls = tlsCodes.exec(text)?.[0];
  if (tls)
    return new AuthError(
      `the certificate that answers for ${whom} is not trusted here (${tls}); name your authority's PEM file in NODE_EXTRA_CA_CERTS, then log in again`,
    );
  if (/Proxy connection ended|proxy.*(?:refused|failed)/i.test(text))
    return new AuthError(`the proxy does not lead to ${whom}; check HTTPS_PROXY, and what the proxy lets through`);
  const network = networkCodes.exec(text)?.[0];
  if (!network) return undefined;
  return new AuthError(`${whom} cannot be reached (${network}); check the network, and HTTPS_PROXY where a proxy is needed`);
}

const tlsCodes =
  /SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID/;
const networkCodes =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EPIPE|TimeoutError|network_error|endpoints_resolution_error/;

/** A clock that is wrong by more than a token's tolerance makes every proof look forged or expired. */
export const clockProblem = (whom: string) =>
  new AuthError(`${whom} says that this machine's clock is wrong; set it (most systems: turn on automatic time), then log in again`);

/** Whose time a server's answer shows, when it is more than five minutes from ours. */
export function isSkewed(date: string | null | undefined): boolean {
  const theirs = date ? Date.parse(date) : Number.NaN;
  return Math.abs(theirs - Date.now()) > 5 * 60 * 1000;
}

/** Somebody else's words as one line that holds nothing like a token. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const safe = line.replace(/[\w~+/=-]{32,}(?:\.[\w~+/=-]+)*/g, "…").replace(/\bya29\.\S+/g, "…");
  return safe.length > 200 ? `${safe.slice(0, 200)}…` : safe;
}
