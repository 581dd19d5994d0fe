/** The module proxies that Go is configured to use: https://go.dev/ref/mod#environment-variables. */
import { join, posix, win32 } from "node:path";
import type { PackageIndex } from "../package-index.ts";
import { nameOf, splitAddress } from "./address.ts";
import type { Machine } from "./machine.ts";

export interface GoConfiguration {
  indexes: PackageIndex[];
  /** Who Go asks for credentials, as configured. */
  auth: string;
  isConfigured: boolean;
}

const defaultProxies = "https://proxy.golang.org,direct";

export async function readGo(machine: Machine): Promise<GoConfiguration> {
  const { env } = machine;
  const file = goEnvironmentFile(machine);
  const stored = file === undefined ? new Map<string, string>() : readVariables(await machine.read(file));
  const written = env.GOPROXY || stored.get("GOPROXY");
  const from = env.GOPROXY ? "GOPROXY" : written ? (file ?? "") : "Go's own default";
  const addresses = (written || defaultProxies).split(/[,|]/).map((it) => it.trim());
  const proxies = addresses.filter((it) => it !== "" && it !== "direct" && it !== "off");
  const taken = new Set<string>();
  const indexes = proxies.map((address, i): PackageIndex => {
    const split = splitAddress(address.includes("://") ? address : `https://${address}`);
    const name = nameOf(split.url, taken);
    taken.add(name);
    const ca = env.SSL_CERT_FILE ? { ca: env.SSL_CERT_FILE } : {};
    return { name, tool: "go", format: "go", ...split, isDefault: i === 0, from, ...ca };
  });
  return { indexes, auth: env.GOAUTH || stored.get("GOAUTH") || "netrc", isConfigured: written !== undefined && written !== "" };
}

/** Where `go env -w` writes. */
function goEnvironmentFile({ env, home, platform }: Machine): string | undefined {
  if (env.GOENV) return env.GOENV === "off" ? undefined : env.GOENV;
  if (platform === "win32") return win32.join(env.APPDATA || win32.join(home, "AppData", "Roaming"), "go", "env");
  if (platform === "darwin") return posix.join(home, "Library/Application Support/go/env");
  return join(env.XDG_CONFIG_HOME || posix.join(home, ".config"), "go/env");
}

const readVariables = (text = ""): Map<string, string> =>
  new Map([...text.matchAll(/^([A-Z_0-9]+)=(.*?)\r?$/gm)].map(([, name = "", value = ""]): [string, string] => [name, value]));
