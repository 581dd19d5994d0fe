/** `cockpit auth keyring`: what uv and pip ask under `auth exec`. */
import { credentialsFor } from "../../auth/credentials.ts";
import { keyring } from "../../auth/keyring.ts";
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";

export const run = (flags: Flags, { environment: env, out, note }: Terminal): Promise<number> =>
  keyring(flags.list("arguments"), { credentialsFor, env, out, note });
