/** Figures as people read them. What is not known is a dash, never a zero. */

import type { FleetRow, LiveAgent } from "../server/fleet/model/fleet-row.ts";

/** Three digits say enough. */
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 2 });
const fewCents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumSignificantDigits: 2 });
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

export const unknown = "–";

const known = (value: number | null | undefined, say: (value: number) => string): string =>
  value === null || value === undefined || !Number.isFinite(value) ? unknown : say(value);

export const count = (value: number | null | undefined): string => known(value, (it) => short.format(it));

export const usd = (value: number | null | undefined): string =>
  known(value, (it) => (it === 0 || it >= 0.1 ? cents.format(it) : fewCents.format(it)));

export const share = (value: number | null | undefined): string => known(value, (it) => percent.format(it));

export const duration = (ms: number | null | undefined): string =>
  known(ms, (it) => (it < 1000 ? `${short.format(it)} ms` : `${short.format(it / 1000)} s`));

/** `12 s`, `5 min`, `3 h`, `2 d`: whole units, so that it changes seldom. */
export function age(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown time";
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Of an alert's `seen` and `expected`, in the alert's own unit. */
export const measured = (value: number, unit: string): string => known(value, (it) => `${short.format(it)} ${unit}`);

/** What an agent does now; `undefined` where nobody knows. */
export const liveNow = ({ live, freshness }: FleetRow): LiveAgent | undefined =>
  freshness === "live" || freshness === "quiet" ? live : undefined;

/** Share of calls that failed; `undefined` without calls. */
export const errorShare = ({ callsPerMinute, errorsPerMinute }: { callsPerMinute: number; errorsPerMinute: number }): number | undefined =>
  callsPerMinute > 0 ? errorsPerMinute / callsPerMinute : undefined;
