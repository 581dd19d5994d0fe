/** Who somebody is to a cloud, and how that becomes a credential of its package indexes. */
import type { Format, Provider } from "../protocol/auth.ts";
import type { Credential, PackageIndex } from "./package-index.ts";

export interface Identity {
  provider: Provider;
  /** As the provider names it: an e-mail address, an ARN. Never a secret. */
  account: string;
  /** How it was proven, for people: `service account`, `profile dev (SSO)`, `device code`. */
  method: string;
  /** What this index takes, valid for five more minutes at least; kept until then. Throws an AuthError. */
  credential(index: Pick<PackageIndex, "url" | "format">, signal?: AbortSignal): Promise<TimedCredential>;
  /** When the credential that is kept now expires, in milliseconds since 1970; before the first one, undefined. */
  expiresAt?(): number | undefined;
  /** AWS: the indexes of the repositories that were asked for. */
  indexes?: readonly LoginIndex[];
  /** Opening it again asks a person, unless `save` has kept what answers. */
  asks?: boolean;
  /** What opens it again without asking anybody (see `LoginOptions.saved`), for a store that keeps secrets; absent when there is nothing to keep. */
  save?(): string | undefined;
}

export interface TimedCredential extends Credential {
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** An index that a login names: tools are to use it, and a credential may go to it whatever its host. */
export type LoginIndex = Pick<PackageIndex, "name" | "url" | "format">;

/** What a person chooses when he logs in. None of it is secret, except `saved`. */
export interface LoginOptions {
  provider: Provider;
  /** AWS: the profile in `~/.aws`. */
  profile?: string;
  /** AWS: where CodeArtifact is, when no index's address says so. */
  region?: string;
  /** AWS: the CodeArtifact domain and repositories whose indexes are to be used. */
  domain?: string;
  domainOwner?: string;
  repositories?: readonly string[];
  /** AWS: what is looked up in those repositories. Default: Python distributions. */
  formats?: readonly Format[];
  /** Azure: the directory. */
  tenant?: string;
  /** Azure: the application that asks, and of a managed identity which one. */
  clientId?: string;
  /** Only this way; by default all that ask nobody, one after the other, and then the device code. */
  method?: string;
  saved?: string;
}

/** Shows a person where to go and what to type there (device code). */
export type Prompt = (prompt: { url: string; code: string; message: string; expiresAt: number }) => void;

/** What happened and what to do next, in one sentence each; never with a secret in it. */
export class AuthError extends Error {
  override name = "AuthError";
}
