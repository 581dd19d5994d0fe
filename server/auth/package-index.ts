/** A package index as a tool is configured to use it. */
import type { Format, Tool } from "../protocol/auth.ts";

export interface PackageIndex {
  /** As the configuration names it, else made from its address; unique among the indexes of a tool. */
  name: string;
  tool: Tool;
  format: Format;
  /** Without credentials; as written otherwise. */
  url: string;
  /** The one that is asked for what no other index is named for. */
  isDefault: boolean;
  /** Npm: the scope (`@acme`) that this registry serves. */
  scope?: string;
  /** Uv: only packages that name this index are looked up there. */
  explicit?: boolean;
  /** Where it is named, for people: a file's path, or an environment variable. */
  from: string;
  /** What the person's own configuration already holds for it: in its address, in `.npmrc`, in the environment. */
  credential?: Credential;
  /** Absolute path of a PEM file with the authorities that the tool trusts for it besides its own. */
  ca?: string;
}

/** What an index takes as proof. A secret: it is in no log, argv, error or file that outlives its use. */
export interface Credential {
  /** Empty where the index takes a bearer token alone. */
  username: string;
  secret: string;
}
