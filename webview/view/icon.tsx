/** Codicons. Each says by its shape what a colour only repeats; words beside it say it to who sees neither. */
import type { Freshness, Health } from "../../server/fleet/model/fleet-row.ts";
import "./icon.css";

export function Icon({ name, tone }: { name: string; tone?: string }) {
  return <span class={`codicon codicon-${name}${tone ? ` tone-${tone}` : ""}`} aria-hidden="true" />;
}

const healthIcons: Readonly<Record<Health, string>> = { critical: "flame", warning: "warning", green: "pass-filled" };
export const healthNames: Readonly<Record<Health, string>> = { critical: "Critical", warning: "Warning", green: "Green" };

/** Green by what was known once is not green now: it has a shape of its own. */
export function HealthIcon({ health, freshness }: { health: Health; freshness: Freshness }) {
  if (health === "green" && freshness === "stale") return <Icon name="history" tone="stale" />;
  return <Icon name={healthIcons[health]} tone={health} />;
}

export const freshnessIcons: Readonly<Record<Freshness, string>> = {
  live: "broadcast",
  quiet: "clock",
  stale: "history",
  unheard: "circle-slash",
};
