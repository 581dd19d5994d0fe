/** Opens an Azure login as the extension does: first by a code, later from what `save` gave; prints what it saved and a credential. */
import { openIdentity } from "../../../server/auth/identities/open.ts";

const [saved] = process.argv.slice(2);
const options = { provider: "azure", method: "device-code", ...(saved ? { saved } : {}) } as const;
const identity = await openIdentity(
  options,
  saved ? {} : { prompt: ({ code, expiresAt }) => process.stderr.write(`${code} ${expiresAt}\n`) },
);
const credential = await identity.credential({ url: "https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/", format: "pypi" });
process.stdout.write(JSON.stringify({ saved: identity.save?.(), account: identity.account, credential }));
