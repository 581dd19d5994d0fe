/** How far an audit is, agent by agent. Files are counted by folder as they come; whose folders those are is only worked out when somebody asks. */
import type { Agent } from "../engine/discovery/agent.ts";
import { agentFinder } from "../engine/discovery/discovery.ts";
import { type Severity, severities } from "../engine/finding.ts";
import type { CacheEntry } from "./audit-cache.ts";
import type { FileOutcome } from "./file-audit.ts";
import type { Listing } from "./listing.ts";

export interface AgentProgress {
  /** The agent's id, or its folder's name while ids are not known yet. */
  id: string;
  /** `linking`: its files are looked at once more with what other files say of them. */
  phase: "waiting" | "checking" | "linking" | "done";
  /** Files. */
  done: number;
  total: number;
  bySeverity: Record<Severity, number>;
  /** Files that could not be checked. */
  notRun: number;
}

/** What can be asked while an audit runs. */
export interface AuditProgress {
  /** Of files inside and outside of agents; `total` grows while folders are walked. */
  all(): Omit<AgentProgress, "id">;
  /** In no order that means anything. A folder is taken for an agent as soon as code in it shows it to be one. */
  agents(): AgentProgress[];
}

export interface AuditTracker extends AuditProgress {
  found(path: string): void;
  checked(path: string, entry: CacheEntry): void;
  /** From now on it is known which agents there are. */
  name(agents: readonly Agent[]): void;
  linking(path: string): void;
  linked(path: string, before: FileOutcome, now: FileOutcome): void;
}

interface Folder {
  total: number;
  done: number;
  linking: number;
  isAgentCode: boolean;
  bySeverity: Record<Severity, number>;
  notRun: number;
}

/** `rootName` is what an agent in the root itself is called. */
export function createTracker({ manifests }: Pick<Listing, "manifests">, rootName: string): AuditTracker {
  const folders = new Map<string, Folder>();
  let agents: readonly Agent[] | undefined;

  function folderAt(path: string): Folder {
    const name = path.slice(0, path.lastIndexOf("/") + 1);
    const known = folders.get(name);
    if (known) return known;
    const folder = emptyFolder();
    folders.set(name, folder);
    return folder;
  }

  /** Agents as they are, or as far as folders with a manifest show them. */
  function guessed(): readonly Pick<Agent, "id" | "root">[] {
    const roots = new Set(manifests.map((it) => it.slice(0, Math.max(0, it.lastIndexOf("/"))) || "."));
    return [...roots].map((root) => ({ id: root === "." ? rootName : root.slice(root.lastIndexOf("/") + 1), root }));
  }

  return {
    found(path) {
      folderAt(path).total++;
    },
    checked(path, { outcome, linked }) {
      const folder = folderAt(path);
      folder.done++;
      if (outcome.signals?.agent) folder.isAgentCode = true;
      count(folder, linked?.outcome ?? outcome, 1);
    },
    name(known) {
      agents = known;
    },
    linking(path) {
      folderAt(path).linking++;
    },
    linked(path, before, now) {
      const folder = folderAt(path);
      folder.linking--;
      count(folder, before, -1);
      count(folder, now, 1);
    },
    all() {
      const { isAgentCode: _, linking, ...sums } = sumOf(folders.values());
      return { phase: phaseOf({ ...sums, linking }), ...sums };
    },
    agents() {
      const known = agents ?? guessed();
      const agentAt = agentFinder(known);
      const groups = Map.groupBy(folders, ([name]) => agentAt(name));
      return known.flatMap((agent) => {
        const { isAgentCode, linking, ...sums } = sumOf((groups.get(agent) ?? []).map(([, it]) => it));
        return agents || isAgentCode ? [{ id: agent.id, phase: phaseOf({ ...sums, linking }), ...sums }] : [];
      });
    },
  };
}

const emptyFolder = (): Folder => ({
  total: 0,
  done: 0,
  linking: 0,
  isAgentCode: false,
  bySeverity: { error: 0, warning: 0, info: 0 },
  notRun: 0,
});

function count(folder: Folder, { findings = [], notRun }: FileOutcome, by: 1 | -1) {
  for (const { severity } of findings) folder.bySeverity[severity] += by;
  if (notRun !== undefined) folder.notRun += by;
}

function sumOf(folders: Iterable<Folder>): Folder {
  const sum = emptyFolder();
  for (const { total, done, linking, isAgentCode, bySeverity, notRun } of folders) {
    sum.notRun += notRun;
    sum.total += total;
    sum.done += done;
    sum.linking += linking;
    sum.isAgentCode ||= isAgentCode;
    for (const it of severities) sum.bySeverity[it] += bySeverity[it];
  }
  return sum;
}

function phaseOf({ done, total, linking }: Pick<Folder, "done" | "total" | "linking">): AgentProgress["phase"] {
  if (linking > 0) return "linking";
  if (done === 0 && total > 0) return "waiting";
  return done < total ? "checking" : "done";
}
