/** What a cockpit runtime imports, by ecosystem: the versions that it was tested with, and those that the ecosystem takes for compatible. */
import type { Ecosystem } from "../engine/imported-modules.ts";
import type { Dependency } from "./manifests/manifest.ts";

export const dependencies: Readonly<Record<Ecosystem, readonly Dependency[]>> = {
  python: [
    { name: "opentelemetry-sdk", version: ">=1.45" },
    { name: "opentelemetry-exporter-otlp-proto-http", version: ">=1.45" },
  ],
  npm: [
    { name: "@opentelemetry/api", version: "^1.10.0" },
    { name: "@opentelemetry/exporter-trace-otlp-proto", version: "^0.301.1" },
    { name: "@opentelemetry/resources", version: "^3.1.1" },
    { name: "@opentelemetry/sdk-trace", version: "^3.1.1" },
  ],
  go: [
    { name: "go.opentelemetry.io/otel", version: "v1.36.0" },
    { name: "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp", version: "v1.36.0" },
    { name: "go.opentelemetry.io/otel/sdk", version: "v1.36.0" },
    { name: "go.opentelemetry.io/otel/trace", version: "v1.36.0" },
  ],
};
