/** The words of registry login and failover, as every door names them. */

export const providers = ["google", "aws", "azure"] as const;
export type Provider = (typeof providers)[number];

export const providerNames: Readonly<Record<Provider, string>> = { google: "Google Cloud", aws: "AWS", azure: "Azure" };

/** What an index serves: Python distributions, npm packages, Go modules. */
export const formats = ["pypi", "npm", "go"] as const;
export type Format = (typeof formats)[number];

/** The tool whose configuration names an index. */
export const tools = ["uv", "pip", "npm", "go"] as const;
export type Tool = (typeof tools)[number];

/**
 * How an index is. `needs-login`: 401. `forbidden`: 403. `cordoned`: something else answers in its place, a proxy that wants a login of its own (407) or a captive
 * page. `offline`: no answer, a broken one, or a server's own failure. `tls-failure`: its certificate is not trusted here.
 */
export const verdicts = ["reachable", "needs-login", "forbidden", "cordoned", "offline", "tls-failure"] as const;
export type Verdict = (typeof verdicts)[number];
