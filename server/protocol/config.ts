/**
 * The whole configuration of an audit and how its layers combine. The shape of `cockpit.json` and of the editor's settings is
 * checked by `config-schema.ts`, which is loaded only when there is something to check.
 */
import { defaultConfig, type EngineConfig } from "../engine/config.ts";
import type { Severity } from "../engine/finding.ts";
import type { ConfigInput, FleetInput } from "./config-schema.ts";

export type { ConfigInput } from "./config-schema.ts";

export interface CockpitConfig extends EngineConfig {
  /** Globs in `.gitignore` syntax of what is left alone, besides what git ignores. */
  exclude: readonly string[];
  /** Absolute path of the folder that `exclude` is relative to; the audited target when absent. */
  excludeRoot?: string;
  /** Larger files are not read; they are reported as not run. */
  maxFileBytes: number;
  /** The least severity that makes an audit fail. */
  failOn: Severity;
  /** Names that may be asked of a public index (registries.md). */
  publicPackages: readonly string[];
  fleet: FleetInput;
}

export const defaultCockpitConfig: CockpitConfig = {
  ...defaultConfig,
  exclude: [],
  maxFileBytes: 4 * 1024 * 1024,
  failOn: "warning",
  publicPackages: [],
  fleet: {},
};

/**
 * The configuration that layers give together, weakest first (`cockpit.json`, then settings, then flags). Single values of a later layer
 * replace those of earlier ones; lists add up; maps are joined key by key.
 */
export function resolveConfig(...layers: readonly (ConfigInput | undefined)[]): CockpitConfig {
  return layers.reduce((config: CockpitConfig, layer) => (layer ? joined(config, layer) : config), defaultCockpitConfig);
}

function joined(config: CockpitConfig, layer: ConfigInput): CockpitConfig {
  const props = config.telemetryProps;
  const more = layer.telemetryProps ?? {};
  return {
    ...config,
    rules: { ...config.rules, ...layer.rules },
    e70: layer.e70 ?? config.e70,
    surfaces: [...config.surfaces, ...(layer.surfaces ?? [])],
    telemetryProps: {
      attributes: [...props.attributes, ...(more.attributes ?? [])],
      components: { ...props.components, ...more.components },
      polymorphicPropName: more.polymorphicPropName ?? props.polymorphicPropName,
      modules: [...props.modules, ...(more.modules ?? [])],
      allowedFor: [...props.allowedFor, ...(more.allowedFor ?? [])],
      ignore: [...props.ignore, ...(more.ignore ?? [])],
    },
    exclude: [...config.exclude, ...(layer.exclude ?? [])],
    maxFileBytes: layer.maxFileBytes ?? config.maxFileBytes,
    failOn: layer.failOn ?? config.failOn,
    publicPackages: [...config.publicPackages, ...(layer.publicPackages ?? [])],
    fleet: { ...config.fleet, ...layer.fleet },
  };
}
