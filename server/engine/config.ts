/** What a person can configure, as the engine takes it: complete, validated, defaults filled in. */
import type { Severity } from "./finding.ts";

export interface SurfaceComponent {
  /** Package and subpath as imported, `@acme/ui` or `@acme/ui/surfaces`. */
  module: string;
  /** Exported name, or `*` for every component of the module. */
  component: string;
}

export interface TelemetryPropsConfig {
  /** Attributes that count as telemetry besides the built-in ones; `*` matches any run of characters. */
  attributes: string[];
  /** Components that are interactive, besides native elements: name → the native element it stands for (`{"Button": "button"}`). */
  components: Record<string, string>;
  /** The prop that chooses the element of a polymorphic component (`as`). */
  polymorphicPropName: string;
  /** Modules whose import makes a file an agent UI, besides the built-in ones. */
  modules: string[];
  /** Tags that may go without telemetry; `*` matches any run of characters. */
  allowedFor: string[];
  /** Globs of files that are left alone. */
  ignore: string[];
}

export interface EngineConfig {
  /** Rule id → severity, or `off`. Rules not named keep their own severity. */
  rules: Readonly<Record<string, Severity | "off">>;
  /** Whose verdict counts where pycodestyle and ruff differ on one-line compound statements. */
  e70: "ruff" | "pycodestyle";
  surfaces: readonly SurfaceComponent[];
  telemetryProps: Readonly<TelemetryPropsConfig>;
}

export const defaultConfig: EngineConfig = {
  rules: {},
  e70: "ruff",
  surfaces: [],
  telemetryProps: { attributes: [], components: {}, polymorphicPropName: "as", modules: [], allowedFor: [], ignore: [] },
};
