/** What can be scaffolded, by name: each part is files, what they need installed, and what is left to do. */
import type { Ecosystem } from "../engine/imported-modules.ts";
import type { PartId, ScaffoldLanguage } from "../protocol/scaffold.ts";
import { dependencies } from "./dependencies.ts";
import type { GeneratedFile } from "./generated.ts";
import type { Dependency } from "./manifests/manifest.ts";
import type { Place } from "./place.ts";
import { policyDependencies, policyFiles, policySteps } from "./policy.ts";
import { runtimeFiles } from "./runtimes.ts";

export interface Agency extends Place {
  /** The agent's id. */
  id: string;
  /** Absolute path of its folder. */
  home: string;
  language: ScaffoldLanguage;
}

export interface Part {
  id: PartId;
  files(agent: Agency): GeneratedFile[];
  dependencies: Readonly<Record<Ecosystem, readonly Dependency[]>>;
  /** What is left to do when it was written; `shown` is how the person is told an absolute path. */
  next(agent: Agency, shown: (path: string) => string): string[];
}

const policy: Part = {
  id: "policy",
  files: policyFiles,
  dependencies: policyDependencies,
  next: policySteps,
};

const runtime: Part = {
  id: "runtime",
  files: ({ home, runtime, id }) => runtimeFiles(home, runtime, id),
  dependencies,
  next: ({ home }, shown) => [`wrap its clients: cockpit fix -t ${shown(home)} --rule untracked-client --apply`],
};

export const parts: readonly Part[] = [policy, runtime];
