/** `--source` on the command line: which connectors a watch has. */
import { resolve } from "node:path";
import type { FleetInput } from "../../protocol/config-schema.ts";
import type { Connector } from "../../telemetry/connectors/connector.ts";
import { createFileConnector, type FileConnector } from "../../telemetry/connectors/file/connector.ts";
import { createGcpLoggingConnector } from "../../telemetry/connectors/gcp-logging/connector.ts";
import { isLoopback } from "../../telemetry/connectors/otlp/access.ts";
import { createOtlpConnector, type OtlpConnector } from "../../telemetry/connectors/otlp/connector.ts";
import { answerRuntimes } from "../../telemetry/watch.ts";
import { type Flags, UsageError } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { followedTable, isBigQuery } from "./bigquery.ts";

export interface Sources {
  connectors: Connector[];
  otlp?: OtlpConnector;
  /** Those that come to an end. */
  replays: FileConnector[];
}

export function sourcesOf(flags: Flags, cockpit: string, fleet: FleetInput, terminal: Terminal): Sources {
  const { environment, note } = terminal;
  const names = flags.list("source");
  const wanted = names.length === 0 || flags.on("live") ? [...new Set(["otlp", ...names])] : names;
  const sources: Sources = { connectors: [], replays: [] };
  for (const name of wanted) {
    const [kind = "", rest = ""] = split(name);
    if (kind === "otlp" && rest === "") {
      sources.otlp = createOtlpConnector({
        ...addressOf(flags),
        token: tokenOf(flags, environment.COCKPIT_OTLP_TOKEN),
        alsoServe: answerRuntimes(cockpit),
      });
      sources.connectors.push(sources.otlp);
    } else if (kind === "file" && rest !== "") {
      const file = createFileConnector({ path: resolve(rest), follow: flags.on("follow"), warn: note });
      sources.connectors.push(file);
      if (!flags.on("follow")) sources.replays.push(file);
    } else if (kind === "gcp") sources.connectors.push(createGcpLoggingConnector(subscriptionOf(rest)));
    else if (isBigQuery(name)) sources.connectors.push(followedTable(name, flags, fleet, terminal));
    else
      throw new UsageError(
        `${JSON.stringify(name)} is no source; write --source otlp, file:PATH, gcp:PROJECT/SUBSCRIPTION or bigquery:PROJECT/DATASET`,
      );
  }
  return sources;
}

function split(name: string): [kind: string, rest: string] {
  const colon = name.indexOf(":");
  return colon < 0 ? [name, ""] : [name.slice(0, colon), name.slice(colon + 1)];
}

function subscriptionOf(name: string): { project: string; subscription: string } {
  const [, project, subscription] = /^([^/]+)\/([^/]+)$/.exec(name) ?? [];
  if (project && subscription) return { project, subscription };
  throw new UsageError(`${JSON.stringify(`gcp:${name}`)} names no subscription; write --source gcp:PROJECT/SUBSCRIPTION`);
}

function addressOf(flags: Flags) {
  const port = Number(flags.text("port") ?? "4318");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port must be a number from 0 to 65535, not ${flags.text("port")}`);
  return { host: flags.text("host") ?? "127.0.0.1", port };
}

/** Whatever can be reached from outside asks for a token. */
function tokenOf(flags: Flags, token: string | undefined): string | undefined {
  const host = flags.text("host") ?? "127.0.0.1";
  if (isLoopback(host) || token) return token || undefined;
  throw new UsageError(`${host} can be reached from outside of this machine: set COCKPIT_OTLP_TOKEN, which senders then have to give`);
}
