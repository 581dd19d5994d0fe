/** Health has a colour beside its word, never in its place. */
import type { Health } from "../../fleet/model/fleet-row.ts";
import type { Terminal } from "../terminal.ts";

export function healthPaint(health: Health, colors: Terminal["colors"]): (text: string) => string {
  if (health === "critical") return colors.red;
  return health === "warning" ? colors.yellow : colors.green;
}
