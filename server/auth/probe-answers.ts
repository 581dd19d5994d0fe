/** What an index's answer, or its silence, says of it. */
import type { Verdict } from "../protocol/auth.ts";
import type { PackageIndex } from "./package-index.ts";

export interface Page {
  status: number;
  /** Content type. */
  type: string;
  /** Its beginning. */
  body: string;
  location?: string;
  /** Another host's page, to which the index led. */
  redirectedTo?: string;
}

export interface Answer {
  verdict: Verdict;
  /** A sentence. */
  detail: string;
  status?: number;
  /** The package that was asked for is there. */
  found?: boolean;
}

export const isLockOut = ({ verdict }: Answer): boolean => verdict === "needs-login" || verdict === "forbidden" || verdict === "cordoned";

/** `seen`: the page that came, or the error that came instead. */
export function answerOf(index: Pick<PackageIndex, "format">, seen: unknown): Answer {
  return isPage(seen) ? { ...answerOfPage(index, seen), status: seen.status } : answerOfError(seen);
}

const isPage = (seen: unknown): seen is Page => typeof seen === "object" && seen !== null && "status" in seen && "body" in seen;

function answerOfPage({ format }: Pick<PackageIndex, "format">, page: Page): Answer {
  const { status, redirectedTo } = page;
  const refused = status === 401 || status === 403;
  if (redirectedTo && refused) return { verdict: "cordoned", detail: `it leads to ${redirectedTo}, which wants a login` };
  if (status === 401) return { verdict: "needs-login", detail: "it wants a login (401)" };
  if (status === 403) return { verdict: "forbidden", detail: "it refuses this login or this place (403)" };
  if (status === 407) return { verdict: "cordoned", detail: "a proxy in between wants a login of its own (407)" };
  if (status === 511) return { verdict: "cordoned", detail: "the network wants a login of its own (511)" };
  if (status >= 500 || status === 429) return { verdict: "offline", detail: `its server fails (${status})` };
  if (status !== 200) return { verdict: "reachable", detail: `it answers (${status})`, found: false };
  if (!isLoginPage(format, page)) return { verdict: "reachable", detail: "it answers (200)", found: true };
  const where = redirectedTo ? `it leads to a page of ${redirectedTo}` : "a page for people answers in its place";
  return { verdict: "cordoned", detail: `${where}, not an index (${status})` };
}

/** PEP 503 and 691 pages are lists of files; npm and Go answer no HTML at all. */
function isLoginPage(format: PackageIndex["format"], { type, body }: Page): boolean {
  const isHtml = type.startsWith("text/html") || /^\s*(?:<!doctype html|<html)/i.test(body);
  if (!isHtml) return false;
  if (format !== "pypi") return true;
  if (/pypi:repository-version|href=["'][^"']*\.(?:whl|tar\.gz|zip|tgz|tar\.bz2)(?:[#?"'])/i.test(body)) return false;
  return /<(?:form|input|script|iframe)\b|http-equiv=["']?refresh|\b(?:log|sign)[ -]?(?:in|on)\b/i.test(body);
}

function answerOfError(error: unknown): Answer {
  const codes = causes(error).map((it) => ("code" in it ? String(it.code) : ""));
  const message = causes(error)
    .map((it) => it.message)
    .join("; ");
  if (/\b407\b/.test(message)) return { verdict: "cordoned", detail: "a proxy in between wants a login of its own (407)" };
  const trust = codes.find((it) => tlsFailures.test(it));
  if (trust) return { verdict: "tls-failure", detail: `its certificate is not trusted here (${trust})` };
  const isLate = causes(error).some((it) => it.name === "TimeoutError" || /TIMEOUT|ETIMEDOUT/.test("code" in it ? String(it.code) : ""));
  const code = codes.find((it) => it !== "" && !/^\d+$/.test(it));
  return {
    verdict: "offline",
    detail: isLate ? "it does not answer in time" : `it cannot be reached (${code ?? "the connection failed"})`,
  };
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsFailures = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO)/;

/** The error, and those that it stands for. */
function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...causes(error.cause), ...inner.flatMap(causes)];
}
