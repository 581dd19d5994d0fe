/** Spans of time on the command line: `--since 1h`. */
import { UsageError } from "./flags.ts";

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `1h`, `7d` in milliseconds. Dates of centuries ago are those of no event, and in the end no dates at all. */
export function spanOf(text: string, flag = "--since", mostDays = 36_500): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (units[unit] ?? Number.NaN);
  if (milliseconds > mostDays * 86_400_000) throw new UsageError(`${flag} must be at most ${mostDays}d, not ${JSON.stringify(text)}`);
  if (milliseconds > 0) return milliseconds;
  throw new UsageError(`${flag} must be a time span such as 15m, 1h or 7d, not ${JSON.stringify(text)}`);
}
