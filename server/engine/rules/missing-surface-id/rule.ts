/** A2UI surfaces without the id that says which surface they are: components, and messages written as literals. */
import type { EngineConfig } from "../../config.ts";
import { createIds } from "../../ids.ts";
import type { Rule, RuleContext } from "../../rule.ts";
import type { LanguageId } from "../../source.ts";
import {
  createSurfaces,
  isPackageSurface,
  type KnownSurface,
  literalSurfaceIds,
  mayHoldMessage,
  mayImportSurfaces,
} from "../../surfaces.ts";
import type { WorkspaceFacts } from "../../workspace.ts";
import { findInCalls, findInElements } from "./components.ts";
import { findInMessages } from "./messages.ts";

export const rule: Rule = {
  meta: {
    id: "missing-surface-id",
    title: "A2UI surface without a surfaceId",
    severity: "error",
    languages: ["tsx", "typescript", "javascript", "python"],
    fix: "safe",
    linked: true,
  },
  mayMatch(text, language, config, workspace) {
    return mayHoldMessage(text, language) || mayHoldComponent(text, language, config, workspace);
  },
  detect(context) {
    const { file, facts, config, workspace } = context;
    const ids = createIds(workspace.surfaceIds, new Set(literalSurfaceIds(file.text)));
    const look = { context, surfaces: createSurfaces(file.text, facts, knownSurfaces(context)), ids };
    const mayHold = mayHoldComponent(file.text, file.language, config, workspace);
    return [...(mayHold ? [...findInElements(look), ...findInCalls(look)] : []), ...findInMessages(look)];
  },
};

/** A package's component, one of the workspace by what it links, or one of this file by a prop in its types. */
function mayHoldComponent(text: string, language: LanguageId, config: EngineConfig, workspace: WorkspaceFacts): boolean {
  return (
    language !== "python" &&
    (mayImportSurfaces(text) ||
      workspace.surfaceComponents.size > 0 ||
      (language === "tsx" && /\bsurfaceId["']?\s*\??:/.test(text)) ||
      config.surfaces.some((it) => text.includes(it.module)))
  );
}

function knownSurfaces({ config, workspace }: RuleContext): KnownSurface {
  return (module, name) =>
    isPackageSurface(module, name) ||
    workspace.surfaceComponents.get(module)?.has(name) === true ||
    config.surfaces.some((it) => it.module === module && (it.component === name || (it.component === "*" && /^[A-Z]/.test(name))));
}
