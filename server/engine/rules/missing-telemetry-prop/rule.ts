/** Interactive elements of agent UI that say nothing to telemetry. */
import type { TelemetryPropsConfig } from "../../config.ts";
import type { JsxElement } from "../../facts.ts";
import { matchesName, matchesPath } from "../../globs.ts";
import type { Rule, RuleContext, RuleFinding } from "../../rule.ts";
import { recognisedAttributes } from "./attributes.ts";
import { agentUiModule, mayImportAgentUi, observedComponents } from "./families.ts";
import { createTelemetryIds } from "./ids.ts";
import { interactiveAs, isReported } from "./interactive.ts";

export const rule: Rule = {
  meta: {
    id: "missing-telemetry-prop",
    title: "Interactive element of agent UI without telemetry",
    severity: "warning",
    languages: ["tsx", "javascript"],
    fix: "safe",
  },
  mayMatch: (text, _language, { telemetryProps }) =>
    (mayImportAgentUi.test(text) || telemetryProps.modules.some((it) => text.includes(it.replace(/[*?].*$/, "")))) &&
    /<[A-Za-z]/.test(text),
  detect(context) {
    const { file, config } = context;
    if (isNotForPeople(file.path) || matchesPath(config.telemetryProps.ignore, file.path) || !isAgentUi(context)) return [];
    return findings(context);
  },
};

/** Tests and stories draw elements that nobody uses. */
const isNotForPeople = (path: string) =>
  /(^|\/)(__tests__|__mocks__|tests?|e2e)\/|\.(test|spec|stories|story|cy|e2e)\.[cm]?[jt]sx?$/.test(path);

const isAgentUi = ({ facts, config }: RuleContext) =>
  facts.imports.some(
    ({ module }) =>
      agentUiModule.test(module) ||
      matchesName(config.telemetryProps.modules, module) ||
      config.telemetryProps.modules.some((it) => module.startsWith(`${it}/`)),
  );

function findings(context: RuleContext): RuleFinding[] {
  const { file, facts, config } = context;
  const ids = createTelemetryIds(file);
  return facts.elements.flatMap((element): RuleFinding[] => {
    if (element.spreads.length > 0 || matchesName(config.telemetryProps.allowedFor, element.tag)) return [];
    const span = { start: element.start + 1, end: element.start + 1 + element.tag.length };
    const prop = observabilityProp(element, context);
    if (prop)
      return element.attributes.some((it) => it.name === prop)
        ? []
        : [{ ...span, message: `${element.tag} has its own ${prop} prop and it is not set` }];
    const native = interactiveAs(element, context);
    if (!native || hasTelemetry(element, config.telemetryProps) || isReported(element, file.text)) return [];
    const id = ids.next(element, native);
    const edit = { start: element.nameEnd, end: element.nameEnd, text: ` data-telemetry-id="${id}"` };
    return [
      {
        ...span,
        message: `${element.tag} has no telemetry attribute`,
        fix: { title: `Add data-telemetry-id="${id}"`, safety: "safe", edits: [edit] },
      },
    ];
  });
}

const hasTelemetry = ({ attributes }: JsxElement, config: Readonly<TelemetryPropsConfig>) =>
  attributes.some(({ name }) => matchesName(recognisedAttributes, name) || matchesName(config.attributes, name));

/** The prop of its own types by which a component tells what happens in it. */
function observabilityProp({ tag, start }: JsxElement, { facts }: RuleContext): string | undefined {
  if (!/^[A-Z]/.test(tag)) return undefined;
  const found = facts.imports.some((it) => tag === it.local || tag.startsWith(`${it.local}.`)) ? facts.resolve(tag, start) : undefined;
  return found && observedComponents.get(`${found.module} ${found.name}`);
}
