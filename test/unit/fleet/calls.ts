/** Small streams of calls to test with. */
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { normal, random } from "../../tools/random.ts";

export const minute = 60_000;
export const hour = 60 * minute;
/** A Monday, midnight. */
export const monday = Date.UTC(2025, 2, 3);

/** Calls of an agent, one every ten seconds or so, with ordinary durations and tokens. */
export function calls(agentId: string, count: number, from = monday, seed = 1): FleetEvent[] {
  const chance = random(seed);
  let time = from;
  return Array.from({ length: count }, (_, i) => {
    time += Math.round(-Math.log(1 - chance()) * 10_000);
    const inputTokens = Math.round(800 * Math.exp(0.4 * normal(chance)));
    return {
      id: `${agentId}/${i}`,
      time,
      agentId,
      operation: "chat",
      model: "large-1",
      inputTokens,
      outputTokens: 200,
      costUsd: inputTokens / 1e5,
      durationMs: 900 * Math.exp(0.5 * normal(chance)),
      ...(chance() < 0.01 && { error: "timeout" }),
    };
  });
}

/** A series of one metric, `value`, an hour apart, with a daily rhythm. */
export function readings(
  count: number,
  seed: number,
  change: (value: number, index: number, noise: number) => number = (it) => it,
): FleetEvent[] {
  const chance = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const noise = normal(chance);
    const value = change(100 + 20 * Math.sin((i / 24) * 2 * Math.PI) + 2 * noise, i, noise);
    return { id: `r${i}`, time: monday + i * hour, agentId: "gauge", metrics: { value } };
  });
}
