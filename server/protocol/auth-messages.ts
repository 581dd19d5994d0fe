/** What the language server and the editor's client say to each other about logins and registries. The schemas check at the door. */
import * as z from "zod";
import { providers, verdicts } from "./auth.ts";
import { problem } from "./problem.ts";

/** Request with `LoginParams`: logs in and answers with a `LoginAnswer`. May be cancelled. */
export const loginMethod = "cockpit/auth/login";
/** Notification from the server while a login waits for a person: a `LoginPrompt`. */
export const loginPromptMethod = "cockpit/auth/prompt";
/** Request with `LogoutParams`: forgets an identity and answers with the `TerminalEnvironment` that is left. */
export const logoutMethod = "cockpit/auth/logout";
/** Request without parameters: what terminals get, with credentials that are good for five more minutes at least: a `TerminalEnvironment`. */
export const environmentMethod = "cockpit/auth/environment";
/** Request without parameters: the private indexes that the workspace is configured for: a `PrivateIndexes`. */
export const indexesMethod = "cockpit/auth/indexes";
/** Request with `CheckRegistriesParams`: asks the configured indexes how they are and answers with `RegistryStates`. */
export const checkRegistriesMethod = "cockpit/registry/check";

/** What the client keeps, in its secret storage, to log in again without asking. */
export const keptLoginSchema = z.object({
  provider: z.enum(providers),
  /** AWS. */
  profile: z.string().optional(),
  /** Addresses of hosts that are not the provider's own and take its credentials all the same: only what the person chose. */
  indexes: z.array(z.string()),
  /** What an earlier login left to keep. */
  saved: z.string().optional(),
});

/** `asks`: whether a person is there to be asked. */
export const loginParamsSchema = keptLoginSchema.extend({ asks: z.boolean() });

export const loginPromptSchema = z.object({ url: z.string(), code: z.string(), message: z.string() });

export const loginAnswerSchema = z.union([problem, z.object({ account: z.string(), method: z.string(), saved: z.string().optional() })]);

export const logoutParamsSchema = z.object({ provider: z.enum(providers) });

export const terminalEnvironmentSchema = z.object({
  logins: z.array(
    z.object({
      provider: z.enum(providers),
      account: z.string(),
      method: z.string(),
      /** Milliseconds since 1970: when the first of its credentials ends; `null` when no index takes one. */
      expiresAt: z.nullable(z.number()),
      /** What opens it again, as it is after a renewal: some clouds give another one each time. */
      saved: z.string().optional(),
    }),
  ),
  folders: z.array(z.object({ uri: z.string(), variables: z.record(z.string(), z.string()) })),
  /** Indexes that got no credential, a sentence each. */
  problems: z.array(z.string()),
});

export const privateIndexesSchema = z.object({
  indexes: z.array(
    z.object({
      url: z.string(),
      /** Where it is configured, for people. */
      from: z.string(),
      /** Whose host it is; `null` when that of none of them. */
      provider: z.nullable(z.enum(providers)),
    }),
  ),
});

/** `atStart`: nobody asked. Then only private indexes are asked, with no credential that a workspace's file could have chosen, and none where `cockpit.registries.checkAtStart` is off. */
export const checkRegistriesParamsSchema = z.object({ atStart: z.boolean() });

export const registryStatesSchema = z.object({
  indexes: z.array(
    z.object({ name: z.string(), tool: z.string(), url: z.string(), verdict: z.enum(verdicts), detail: z.string(), next: z.string() }),
  ),
});

export type KeptLogin = z.infer<typeof keptLoginSchema>;
export type LoginParams = z.infer<typeof loginParamsSchema>;
export type LoginPrompt = z.infer<typeof loginPromptSchema>;
export type LoginAnswer = z.infer<typeof loginAnswerSchema>;
export type TerminalEnvironment = z.infer<typeof terminalEnvironmentSchema>;
export type PrivateIndexes = z.infer<typeof privateIndexesSchema>;
export type CheckRegistriesParams = z.infer<typeof checkRegistriesParamsSchema>;
export type RegistryStates = z.infer<typeof registryStatesSchema>;
