/** `cockpit fleet resume`. */
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { change } from "./fleet-mothball.ts";

export const run = (flags: Flags, terminal: Terminal) => change("resume", flags, terminal);
