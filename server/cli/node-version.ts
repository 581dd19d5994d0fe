/** Whether this Node.js is one that the cockpit runs on. */
import manifest from "../../package.json" with { type: "json" };

/** What is wrong with a version like `v20.11.0`; `undefined` when nothing is. */
export function nodeProblem(version: string = process.version): string | undefined {
  const least = manifest.engines.node.replace(/^\D+/, "");
  const isEnough = version.slice(1).localeCompare(least, "en", { numeric: true }) >= 0;
  return isEnough ? undefined : `this is Node.js ${version}; the cockpit needs ${least} or later`;
}
