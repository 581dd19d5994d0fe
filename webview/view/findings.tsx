/** What the audit found in an agent's code, each with the way there and its fix. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AuditedAgent, AuditedFinding } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Forest } from "../forest.ts";
import { shown, shownName } from "../text.ts";
import { Button } from "./button.tsx";
import { Heading, type Level } from "./heading.tsx";
import { Icon } from "./icon.tsx";
import { Prose } from "./prose.tsx";
import "./findings.css";

interface FindingsProps {
  forest: Forest;
  audited: AuditedAgent;
  tab: number;
}

export function Findings({ forest, audited, tab, level }: FindingsProps & { level: Level }) {
  const [most, setMost] = useState(step);
  const list = useRef<HTMLUListElement>(null);
  const { findings, notRun } = audited;
  const more = findings.length + notRun.length - most;
  useLayoutEffect(() => {
    const firstNew = list.current?.children[most - step];
    // The last button goes once it is pressed.
    if (most > step && more <= 0 && firstNew instanceof HTMLElement) firstNew.focus();
  }, [most]);
  if (findings.length + notRun.length === 0) return null;
  const inOrder = severities.flatMap((severity) => findings.filter((it) => it.severity === severity));
  return (
    <div class="part">
      <Heading level={level}>
        {[
          ...(findings.length > 0 ? [plural(findings.length, "finding")] : []),
          ...(notRun.length > 0 ? [`${plural(notRun.length, "check")} could not run`] : []),
        ].join(", ")}
      </Heading>
      <ul ref={list} class="findings">
        {inOrder.slice(0, most).map((it) => (
          <Finding key={`${it.file}:${it.start.line}:${it.start.column}:${it.rule}`} {...{ forest, audited, tab }} finding={it} />
        ))}
        {notRun.slice(0, Math.max(0, most - findings.length)).map(({ file, reason }) => (
          <li key={file} class="finding" tabIndex={-1}>
            <Icon name="circle-slash" />
            <bdi class="message">
              {shownName(file)} was not checked: {shown(reason)}
            </bdi>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Button icon="chevron-down" tabIndex={tab} onClick={() => setMost(most + step)}>
          Show {Math.min(step, more)} More
        </Button>
      )}
    </div>
  );
}

const step = 10;
const severities = ["error", "warning", "info"] as const satisfies readonly AuditedFinding["severity"][];

function Finding({ forest, audited, finding, tab }: FindingsProps & { finding: AuditedFinding }) {
  const { rule, severity, file, start, fix } = finding;
  const place = { key: audited.key, rule, file, ...start };
  const name = `${baseName(file)}:${start.line}`;
  return (
    <li class="finding" tabIndex={-1}>
      <Icon name={severity} tone={tones[severity]} />
      <span class="unseen">{severity}: </span>
      <span class="message">
        <Prose text={finding.message} />{" "}
        <button
          type="button"
          class="link"
          tabIndex={tab}
          aria-label={`Explain ${shownName(rule)}`}
          onClick={() => forest.post({ kind: "explainRule", rule })}
        >
          {shownName(rule)}
        </button>
      </span>
      <span class="does">
        <button
          type="button"
          class="link"
          tabIndex={tab}
          title={shownName(file)}
          aria-label={`Go to ${shownName(name)}`}
          onClick={() => forest.post({ kind: "openFinding", place })}
        >
          <bdi>{shownName(name)}</bdi>
        </button>
        {fix && (
          <button
            type="button"
            class="button small"
            tabIndex={tab}
            title={`${shown(fix.title)}${fixes[fix.safety].hint}`}
            aria-label={`${fixes[fix.safety].name} at ${shownName(name)}: ${shown(fix.title)}`}
            onClick={() => forest.post({ kind: "applyFix", place })}
          >
            <Icon name={fixes[fix.safety].icon} /> {fixes[fix.safety].name}
          </button>
        )}
      </span>
    </li>
  );
}

/** A suggestion changes what the program does, or needs a name: the person looks at it. */
const fixes = {
  safe: { name: "Apply Fix", icon: "wrench", hint: "" },
  suggestion: { name: "Apply Suggestion", icon: "lightbulb", hint: ": look at what it does before you keep it" },
} as const;

const tones = { error: "critical", warning: "warning", info: "info" } as const;
const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
