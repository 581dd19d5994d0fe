/** The state as plain data and back, so that a watcher that starts again goes on where it was. */
import { type AnomalyOptions, type AnomalyState, defaultAnomalyOptions } from "./anomaly.ts";

/** In pieces of bounded size: finite numbers, text, lists and objects, which are the state's own. Write them down before it goes on. */
export function save(state: AnomalyState): object[] {
  const agents = [...state.agents];
  const groups = Array.from({ length: Math.ceil(agents.length / together) }, (_, i) => agents.slice(i * together, (i + 1) * together));
  return [{ ...state, agents: [], newcomers: [...state.newcomers] }, ...groups];
}

/** So many agents take less than a megabyte. */
const together = 20;

/** Undefined when it is not a state that this version saved: then everything is to be learnt anew. */
export function restore([first, ...groups]: readonly unknown[], options: Partial<AnomalyOptions> = {}): AnomalyState | undefined {
  const saved = typeof first === "object" && first !== null ? { ...first, agents: groups.flat() } : first;
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
    "version" in it && it.version === 8 && "agents" in it && Array.isArray(it.agents) && "newcomers" in it && Array.isArray(it.newcomers)
  );
}
