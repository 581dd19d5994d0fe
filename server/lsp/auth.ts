/** Logins for an editor: identities live here as long as the server does; what outlives it is the client's to keep. */
import { openIdentity } from "../auth/identities/open.ts";
import type { Identity, Prompt } from "../auth/identity.ts";
import { configuredIndexes } from "../auth/indexes/configured.ts";
import type { PackageIndex } from "../auth/package-index.ts";
import { providerOf } from "../auth/provider-of.ts";
import type { Provider } from "../protocol/auth.ts";
import {
  checkRegistriesMethod,
  environmentMethod,
  indexesMethod,
  type LoginAnswer,
  type LoginParams,
  loginMethod,
  loginParamsSchema,
  loginPromptMethod,
  logoutMethod,
  logoutParamsSchema,
  type PrivateIndexes,
  type RegistryStates,
  type TerminalEnvironment,
} from "../protocol/auth-messages.ts";
