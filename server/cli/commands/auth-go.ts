/** `cockpit auth go`: what Go asks under `auth exec`. */
import { credentialsFor } from "../../auth/credentials.ts";
import { goAuth } from "../../auth/go-auth.ts";
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, { environment, out }: Terminal): Promise<number> {
  await out(await goAuth(flags.list("arguments")[0], credentialsFor, environment));
  return 0;
}
