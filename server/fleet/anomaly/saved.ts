/** The state as plain data and back, so that a watcher that starts again goes on where it was. */
import { type AnomalyOptions, type AnomalyState, defaultAnomalyOptions } from "./anomaly.ts";

/** Finite numbers, text, lists and objects, which are the state's own: write them down before it goes on. */
export function save(state: AnomalyState): object {
  return { ...state, agents: [...state.agents], newcomers: [...state.newcomers] };
}

/** Undefined when it is not a state that this version saved: then everything is to be learnt anew. */
export function restore(saved: unknown, options: Partial<AnomalyOptions> = {}): AnomalyState | undefined {
  if (!isSaved(saved)) return undefined;
  const { agents, newcomers, ...rest } = saved;
  return { ...rest, agents: new Map(agents), newcomers: new Map(newcomers), options: { ...defaultAnomalyOptions, ...options } };
}

type Saved = Omit<AnomalyState, "agents" | "newcomers"> & {
  agents: [string, AnomalyState["agents"] extends Map<string, infer T> ? T : never][];
  newcomers: [string, AnomalyState["newcomers"] extends Map<string, infer T> ? T : never][];
};

/** Only this program writes it: that it is ours and whole is all that is asked. */
function isSaved(it: unknown): it is Saved {
  if (typeof it !== "object" || it === null) return false;
  return (
    "version" in it && it.version === 1 && "agents" in it && Array.isArray(it.agents) && "newcomers" in it && Array.isArray(it.newcomers)
  );
}
