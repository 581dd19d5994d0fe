/** The credentials of package indexes, for whoever runs tools that need them. */
import { AuthError, type TimedCredential } from "./identity.ts";
import { connectKeeper } from "./keeper/client.ts";
import type { AskedIndex } from "./keeper/protocol.ts";
import { notLoggedIn, readLogins, trustedIndexes } from "./logins.ts";
import type { PackageIndex } from "./package-index.ts";
import { providerOf } from "./provider-of.ts";

/** By the index's address: its credential, or why there is none. Indexes that nobody's credential may go to are left out. */
export async function credentialsFor(
  indexes: readonly Pick<PackageIndex, "url" | "format">[],
  signal?: AbortSignal,
): Promise<Map<string, TimedCredential | AuthError>> {
  const logins = await readLogins();
  const trusted = trustedIndexes(logins);
  const asked = indexes.flatMap(({ url, format }): AskedIndex[] => {
    const provider = providerOf(url, trusted);
    return provider ? [{ url, format, provider }] : [];
  });
  const isLoggedIn = ({ provider }: AskedIndex) => logins.some(({ options }) => options.provider === provider);
  const answers = await answersFor(asked.filter(isLoggedIn), signal);
  const missing = asked.filter((it) => !isLoggedIn(it)).map(({ url, provider }) => [url, notLoggedIn(provider)] as const);
  return new Map([...answers, ...missing]);
}

async function answersFor(asked: readonly AskedIndex[], signal: AbortSignal | undefined): Promise<[string, TimedCredential | AuthError][]> {
  if (asked.length === 0) return [];
  const keeper = await connectKeeper();
  try {
    const answers = await keeper.credentials(asked, signal);
    return asked.map(({ url }, i) => {
      const answer = answers[i];
      return [url, answer && "credential" in answer ? answer.credential : new AuthError(answer?.problem ?? "there is no credential")];
    });
  } finally {
    keeper.close();
  }
}
