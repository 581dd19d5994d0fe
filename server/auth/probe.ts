/** Asks an index how it is, as its tool would: the same proxies, the same trusted authorities, the same addresses. */
import type { Verdict } from "../protocol/auth.ts";
import { type Environment, isEverybodys } from "./failover/names.ts";
import type { Credential, PackageIndex } from "./package-index.ts";
import { type Answer, answerOf, isLockOut, type Page } from "./probe-answers.ts";
import type { Connections } from "./probe-connections.ts";
import { nextStep } from "./probe-next.ts";

export type PackageState = "there" | "missing" | "unknown";

export interface Probe {
  index: PackageIndex;
  verdict: Verdict;
  /** What was seen, and the one next step: a sentence each. Never with a secret in it. */
  detail: string;
  next: string;
  /** HTTP. */
  status?: number;
  packages: Record<string, PackageState>;
}

export interface ProbeOptions {
  credential?: Credential;
  /** Asked for by name: of a public index, only names that are known to be public. */
  packages: readonly string[];
  signal?: AbortSignal;
  timeoutMs?: number;
  env?: Readonly<Record<string, string | undefined>>;
}

/** Resolves with the first answer that locks out, else when all have come. Rejects with the signal's reason when aborted. */
export async function probe(index: PackageIndex, options: ProbeOptions): Promise<Probe> {
  const { credential = index.credential, packages, signal, timeoutMs = 5000, env = process.env } = options;
  // Undici is large: it is loaded when something is asked.
  const { openConnections } = await import("./probe-connections.ts");
  const connections = openConnections(index, env);
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const ask = async (path: string): Promise<Answer> => {
    try {
      return answerOf(index, await follow(new URL(path, directory(index.url)), { index, credential, connections, stop, env }));
    } catch (error) {
      signal?.throwIfAborted();
      return answerOf(index, error);
    }
  };
  const answers = new Map<string, Answer>();
  const asked = pathsOf(index, packages).map(async ([name, path]) => {
    const answer = await ask(path);
    answers.set(name, answer);
    return answer;
  });
  try {
    const first = await firstLockOut(asked);
    const worst = first ?? (await worstOf(asked));
    return { index, ...worst, next: nextStep(index, worst, credential !== undefined), packages: statesOf(packages, answers) };
  } finally {
    connections.close();
  }
}

/** With the credential of who is logged in, by the index's address; where there is none, why not is the next step. */
export async function probeAs(
  credentials: ReadonlyMap<string, Credential | Error> | undefined,
  index: PackageIndex,
  options: Omit<ProbeOptions, "credential">,
): Promise<Probe> {
  const found = credentials?.get(index.url);
  if (!(found instanceof Error)) return probe(index, { ...options, ...(found && { credential: found }) });
  const seen = await probe(index, options);
  return seen.verdict === "needs-login" ? { ...seen, next: found.message } : seen;
}

interface Visit {
  index: PackageIndex;
  credential: Credential | undefined;
  connections: Connections;
  stop: AbortSignal;
  env: Environment;
}

/** Redirects are followed by hand: a credential goes to the index's own origin alone. */
async function follow(start: URL, { index, credential, connections, stop, env }: Visit): Promise<Page> {
  let url = start;
  // The address that an index leads to has the name in it, which may be the house's own.
  const isOwnPublic = isEverybodys(start.href, env);
  for (let hops = 0; hops < 8; hops++) {
    const isOwn = isSame(start, url);
    const page = await connections.get(
      url,
      { accept: accepted[index.format], ...(isOwn && credential ? { authorization: proofOf(credential) } : {}) },
      stop,
    );
    const target = page.status >= 300 && page.status < 400 && page.location ? URL.parse(page.location, url.href) : null;
    if (!target || !/^https?:$/.test(target.protocol) || (!isOwnPublic && isEverybodys(target.href, env)))
      return { ...page, ...(isOwn ? {} : { redirectedTo: url.host }) };
    url = target;
  }
  return { status: 508, type: "", body: "", redirectedTo: url.host };
}

/** The same server, or what it moved to from an unencrypted address. */
const isSame = (start: URL, { origin, hostname, protocol, port }: URL) =>
  origin === start.origin ||
  (hostname === start.hostname && start.protocol === "http:" && protocol === "https:" && port === "" && start.port === "");

const accepted: Record<PackageIndex["format"], string> = {
  pypi: "application/vnd.pypi.simple.v1+json, text/html;q=0.5",
  npm: "application/vnd.npm.install-v1+json, application/json;q=0.8",
  go: "*/*",
};

const proofOf = ({ username, secret }: Credential) =>
  username === "" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;

/** Relative to the index. Without a name, one that every index of this kind may be asked for. */
function pathsOf({ format }: PackageIndex, packages: readonly string[]): [name: string, path: string][] {
  if (format === "go") return [["", "golang.org/x/mod/@v/list"]];
  const names = packages.length > 0 ? packages : ["agentops-cockpit"];
  return names.map((it) => [it, format === "npm" ? it.replace("/", "%2f") : `${it}/`]);
}

const directory = (url: string) => (url.endsWith("/") ? url : `${url}/`);

function firstLockOut(asked: readonly Promise<Answer>[]): Promise<Answer | undefined> {
  const found = asked.map(async (it) => {
    const answer = await it;
    if (!isLockOut(answer)) throw new Error("not this one");
    return answer;
  });
  return Promise.any(found).catch(() => undefined);
}

/** An index that answers one name is reachable only if it answers all. */
async function worstOf(asked: readonly Promise<Answer>[]): Promise<Answer> {
  const answers = await Promise.all(asked);
  const [first = { verdict: "reachable" as const, detail: "nothing was asked" }] = answers;
  return answers.find((it) => it.verdict !== "reachable") ?? answers.find((it) => it.found) ?? first;
}

function statesOf(packages: readonly string[], answers: ReadonlyMap<string, Answer>): Record<string, PackageState> {
  const state = (answer: Answer | undefined): PackageState =>
    answer?.verdict !== "reachable" ? "unknown" : answer.found ? "there" : "missing";
  return Object.fromEntries(packages.map((it) => [it, state(answers.get(it))]));
}
