/** A fleet in numbers. */
import type { AuditCount, Fleet } from "./lsp.ts";

export function countOf({ folders }: Fleet): AuditCount {
  const findings = folders.flatMap(({ agents, outside }) => [...agents, outside].map((it) => it.findings.length));
  return { agents: folders.reduce((sum, it) => sum + it.agents.length, 0), findings: findings.reduce((sum, it) => sum + it, 0) };
}
