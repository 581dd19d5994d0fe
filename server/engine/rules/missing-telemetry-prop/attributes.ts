/** Attributes by which tools that watch user interfaces recognise or name an element. */

/** `*` stands for any run of characters. Sources are the tools' own documents; the rule's page names them. */
export const recognisedAttributes: readonly string[] = [
  "data-telemetry*",
  "data-track*",
  "data-analytics*",
  "data-event*",
  "data-metric*",
  "data-log-*",
  // Datadog RUM
  "data-dd-*",
  // PostHog
  "data-ph-*",
  "data-posthog-*",
  "data-attr",
  // Grafana Faro
  "data-faro-*",
  // Sentry
  "data-sentry-*",
  // FullStory
  "data-fs-*",
  // Heap
  "data-heap*",
  // Mixpanel
  "data-mp-*",
  "mp-track-*",
  // Amplitude
  "data-amp-*",
  "data-amplitude-*",
  // Pendo
  "data-pendo-*",
  // Umami, Plausible, Matomo
  "data-umami-event*",
  "data-plausible-*",
  "data-matomo-*",
  "data-content-name",
  // Google Analytics and Tag Manager
  "data-ga-*",
  "data-gtm-*",
  // AWS Amplify, AWS RUM
  "data-amplify-analytics-*",
  "data-rum-id",
  // Microsoft Application Insights and 1DS
  "data-bi-*",
  "data-ai-*",
  // Elastic RUM
  "data-transaction-name",
  // Dynatrace
  "data-dtname",
  // New Relic
  "data-nr-*",
  // Snowplow, Segment, RudderStack, Statsig
  "data-sp-*",
  "data-snowplow-*",
  "data-segment-*",
  "data-rudder-*",
  "data-statsig-*",
  // Medama
  "data-m:*",
];
