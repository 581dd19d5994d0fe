/** The state as text and back, so that a watcher that starts again goes on where it was. */
import { type AnomalyOptions, type AnomalyState, defaultAnomalyOptions } from "./anomaly.ts";

export function save(state: AnomalyState): string {
  return JSON.stringify({ ...state, agents: [...state.agents], newcomers: [...state.newcomers] });
}

/** Undefined when the text is not a state that this version wrote: then everything is to be learnt anew. */
export function restore(text: string, options: Partial<AnomalyOptions> = {}): AnomalyState | undefined {
  const saved = parsed(text);
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
