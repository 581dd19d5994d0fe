/** What may follow `npm start --`. */
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Whether VS Code is opened; else `cockpit fleet watch` shows the fleet in this terminal. */
  editor: boolean;
  /** Ends by itself after so many seconds. */
  seconds: number | undefined;
  /** After how many seconds one of the agents goes wrong. */
  wrongAfter: number;
}

export const usage = `npm start [-- OPTIONS]    the sample fleet at work, with VS Code on it

  --no-editor        shows the fleet in this terminal, by cockpit fleet watch
  --wrong-after N    seconds until one of the agents goes wrong (60)
  --seconds N        ends by itself after so many seconds
  --help`;

/** A text is what to say instead of starting. */
export function optionsOf(args: readonly string[]): DemoOptions | string {
  const flags = {
    "no-editor": { type: "boolean" },
    "wrong-after": { type: "string" },
    seconds: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: flags });
    if (values.help) return usage;
    const wrongAfter = values["wrong-after"] === undefined ? 60 : secondsOf("--wrong-after", values["wrong-after"]);
    return {
      editor: !values["no-editor"],
      seconds: values.seconds === undefined ? undefined : secondsOf("--seconds", values.seconds),
      wrongAfter,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

function secondsOf(flag: string, text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0 && seconds <= 86_400)) throw new Error(`${flag} takes a number of seconds, not "${text}"`);
  return seconds;
}
