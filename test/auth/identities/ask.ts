/** Another command of the same person: prints what `credentialsFor` gives for the indexes of its argument, by address. */
import { credentialsFor } from "../../../server/auth/credentials.ts";

const answers = await credentialsFor(JSON.parse(process.argv[2] ?? "[]"));
const shown = [...answers].map(([url, it]) => [url, it instanceof Error ? { problem: it.message } : it]);
process.stdout.write(JSON.stringify(Object.fromEntries(shown)));
