/** Every index that the tools of this machine would use in a folder. */
import type { Format, Tool } from "../../protocol/auth.ts";
import { tools as allTools } from "../../protocol/auth.ts";
import type { PackageIndex } from "../package-index.ts";
import { type GoConfiguration, readGo } from "./go.ts";
import { type Environment, type Machine, thisMachine } from "./machine.ts";
import { type NpmConfiguration, readNpm } from "./npm.ts";
import { type PipConfiguration, readPip } from "./pip.ts";
import { readUv, type UvConfiguration, type UvIndex } from "./uv.ts";

export interface Configuration {
  uv?: UvConfiguration;
  pip?: PipConfiguration;
  npm?: NpmConfiguration;
  go?: GoConfiguration;
}

export interface ConfigurationOptions {
  folder: string;
  machine: Machine;
  tools?: readonly Tool[];
  /** Indexes that a person named when he logged in: a tool that has none of its own configured uses them, and them alone. */
  named?: readonly Pick<PackageIndex, "name" | "url" | "format">[];
  /** Pip: whose section of `pip.conf` counts besides `[global]`. */
  subcommand?: string;
  /** Uv: a command for the whole machine. */
  ignoresProject?: boolean;
}

export async function configuredIndexes(
  folder: string,
  env: Environment,
  named: ConfigurationOptions["named"] = [],
): Promise<PackageIndex[]> {
  return indexesOf(await readConfiguration({ folder, machine: thisMachine(env), named }));
}

export const indexesOf = ({ uv, pip, npm, go }: Configuration): PackageIndex[] =>
  [uv, pip, npm, go].flatMap((it): PackageIndex[] => it?.indexes ?? []);

export async function readConfiguration(options: ConfigurationOptions): Promise<Configuration> {
  const { folder, machine, tools = allTools, named = [], subcommand, ignoresProject = false } = options;
  const wants = (tool: Tool) => tools.includes(tool);
  const [uv, pip, npm, go] = await Promise.all([
    wants("uv") ? readUv(machine, { folder, ignoresProject }) : undefined,
    wants("pip") ? readPip(machine, subcommand) : undefined,
    wants("npm") ? readNpm(machine, folder) : undefined,
    wants("go") ? readGo(machine) : undefined,
  ]);
  return {
    ...(uv && { uv: { ...uv, indexes: withNamed(uv, "uv", "pypi", named).map(asUvIndex) } }),
    ...(pip && { pip: { ...pip, indexes: withNamed(pip, "pip", "pypi", named) } }),
    ...(npm && { npm: { ...npm, indexes: withNamed(npm, "npm", "npm", named) } }),
    ...(go && { go: { ...go, indexes: withNamed(go, "go", "go", named) } }),
  };
}

/** Where an index comes from that was named at login. */
export const fromLogin = "cockpit auth login";

function withNamed(
  { indexes, isConfigured }: { indexes: readonly PackageIndex[]; isConfigured: boolean },
  tool: Tool,
  format: Format,
  named: NonNullable<ConfigurationOptions["named"]>,
): PackageIndex[] {
  const own = named.filter((it) => it.format === format);
  if (isConfigured || own.length === 0) return [...indexes];
  return own.map(({ name, url }, i) => ({ name, tool, format, url, isDefault: i === 0, from: fromLogin }));
}

const asUvIndex = (index: PackageIndex): UvIndex => ({ isNamed: false, ...index });
