/** A report in the format that was asked for. */
import manifest from "../../../package.json" with { type: "json" };
import type { Terminal } from "../terminal.ts";
import type { FleetDocument } from "./fleet-document.ts";
import { prettyReport, summaryLines } from "./pretty.ts";

interface TextOptions {
  verbose: boolean;
  quiet: boolean;
  single?: boolean;
  terminal: Terminal;
}

export async function documentText(document: FleetDocument, format: string | undefined, options: TextOptions): Promise<string> {
  const { verbose, quiet, single = false, terminal } = options;
  if (format === "markdown") return (await import("./markdown.ts")).markdownReport(document, { verbose });
  if (format === "html") return (await import("./html.ts")).htmlReport(document, { verbose, version: manifest.version, made: Date.now() });
  const { colors } = terminal;
  const body = prettyReport(document, { colors, width: terminal.width(), columns: terminal.columns(), verbose, single });
  return quiet ? body : `${body}${body === "" ? "" : "\n"}${summaryLines(document, { colors, verbose })}\n`;
}
