/** What makes an agent, and lets its tools in. */
import { formats, providers } from "../../protocol/auth.ts";
import { partIds, scaffoldLanguages } from "../../protocol/scaffold.ts";
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { format, id, noColor, quiet, target, usageExit } from "./flags.ts";

export const build: readonly CommandSpec[] = [
  {
    name: "discover",
    group: "Build",
    summary: "List the agents of a workspace",
    description:
      "Shows every agent: its id, folder, dominant language, the frameworks and model SDKs that its code imports, and the files to start it by; in JSON also its owners, as CODEOWNERS names them.",
    flags: [target, id, format("pretty", "json"), quiet, noColor],
    examples: [
      { run: "cockpit discover", does: "the agents below this folder" },
      { run: "cockpit discover -t fleet --format json", does: "the same for other programs" },
    ],
    exitCodes: ["0: done, even when there are no agents", usageExit],
    load: () => import("../commands/discover.ts"),
  },
  {
    name: "scaffold",
    group: "Build",
    summary: "Generate what an agent lacks, in its own language",
    description:
      "Plans the files and the dependencies of each part and shows them as a unified diff; with `--apply` it writes them, all or none. A file that was there before is never overwritten: what would be generated is shown beside it. Run again, it brings what it generated up to date and keeps what you changed, or says why it cannot.",
    flags: [
      target,
      { ...id, description: "the agent, by the id that discover shows; needed where there are several" },
      { flags: "--language <name>", description: "in which language (default: the agent's dominant one)", choices: scaffoldLanguages },
      {
        flags: "--with <part>",
        description: "only this part; may be repeated",
        choices: partIds,
        repeatable: true,
      },
      { flags: "-f, --apply", description: "write the files; without it nothing is written" },
      format("diff", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit scaffold -t agents/billing", does: "what would be written, as a diff" },
      { run: "cockpit scaffold --id billing --with runtime -f", does: "writes one part" },
    ],
    exitCodes: [
      "0: there is nothing to do, or all of it was written",
      "1: something would be written, or a file was left alone",
      "2: the command line or cockpit.json is wrong, the target has no agent or several, or its manifest is broken",
    ],
    load: () => import("../commands/scaffold.ts"),
  },
  {
    name: "auth login",
    group: "Build",
    summary: "Log in to a cloud's package indexes",
    description:
      "Proves who you are to Google, AWS or Azure with what is on this machine already, or with a code that you type in a browser (Azure). The token is kept in the memory of a background process and renewed there; nothing secret is written to disk. It goes to the cloud's own package indexes and to those named with `--index`, to no other address.",
    argument: { name: "provider", description: "which cloud", required: true, choices: providers },
    flags: [
      { flags: "--index <url>", description: "an index that this login is for, whatever its host; may be repeated", repeatable: true },
      {
        flags: "--serves <packages>",
        description: "what the named indexes and repositories serve (default: as the address says, else pypi)",
        choices: formats,
        repeatable: true,
      },
      {
        flags: "--method <name>",
        description: "only this way: application-default or gcloud (Google), cli, managed-identity or device-code (Azure)",
      },
      { flags: "--profile <name>", description: "AWS: the profile in ~/.aws" },
      { flags: "--region <name>", description: "AWS: the region of the CodeArtifact domain" },
      { flags: "--domain <name>", description: "AWS: the CodeArtifact domain" },
      { flags: "--domain-owner <account>", description: "AWS: the account that owns the domain" },
      {
        flags: "--repository <name>",
        description: "AWS: a repository of the domain that is to be used; may be repeated",
        repeatable: true,
      },
      { flags: "--tenant <id>", description: "Azure: the directory" },
      { flags: "--client-id <id>", description: "Azure: the application that asks, or the managed identity" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit auth login google", does: "with gcloud's login or application-default credentials" },
      { run: "cockpit auth login aws --profile dev --domain acme --repository agents", does: "a CodeArtifact repository" },
      { run: "cockpit auth login azure --method device-code", does: "with a code typed in a browser" },
    ],
    exitCodes: ["0: logged in", "2: the command line is wrong, or the login failed: the message says what to do"],
    load: () => import("../commands/auth-login.ts"),
  },
  {
    name: "auth status",
    group: "Build",
    summary: "Show who is logged in",
    description:
      "Shows the account, the method and the expiry of each login, and the indexes that were named for it. It asks no cloud anything.",
    flags: [format("pretty", "json"), quiet, noColor],
    examples: [{ run: "cockpit auth status", does: "one line a login" }],
    exitCodes: ["0: somebody is logged in", "1: nobody is, or somebody has to log in again", "2: the record of logins cannot be read"],
    load: () => import("../commands/auth-status.ts"),
  },
  {
    name: "auth logout",
    group: "Build",
    summary: "Forget a login, or all",
    description:
      "Drops the tokens from memory and forgets the login and its indexes. What your cloud's own tool is logged in with (`gcloud`, `aws sso`, `az`) stays as it is.",
    argument: { name: "provider", description: "which cloud; all when left out", required: false, choices: providers },
    flags: [quiet, noColor],
    examples: [
      { run: "cockpit auth logout azure", does: "one cloud" },
      { run: "cockpit auth logout", does: "all" },
    ],
    exitCodes: ["0: nobody is logged in there any more", "2: the command line is wrong"],
    load: () => import("../commands/auth-logout.ts"),
  },
  {
    name: "auth exec",
    group: "Build",
    summary: "Run a command whose package tools are logged in",
    description:
      "Runs the command with credentials for the private indexes that uv, pip, npm and Go are configured to use, in its environment alone: none is on the command line or in a file. A command that may run for long, such as a shell, gets fresh ones as it goes. See docs/auth.md.",
    argument: { name: "command", description: "the command and its arguments, after `--`", required: true, many: "command" },
    flags: [
      {
        flags: "--public <package>",
        description: "a package that is public: when a private index lets nobody in, it may be asked of the public one; may be repeated",
        repeatable: true,
      },
      { flags: "--report <file>", description: "write what was decided when an index let nobody in, and why, as JSON", completes: "path" },
    ],
    examples: [
      { run: "cockpit auth exec -- uv sync", does: "installs from private indexes" },
      { run: "cockpit auth exec -- bash", does: "a shell in which every package tool is logged in" },
      { run: "cockpit auth exec --public httpx -- uv sync", does: "with one package that may come from PyPI" },
    ],
    exitCodes: [
      "the command's own, or 128 and the signal's number where one ended it",
      "126 or 127: the command cannot be run, or is not there",
      "2: nothing was run: the login record or the keeper cannot be used",
    ],
    load: () => import("../commands/auth-exec.ts"),
  },
  hidden("auth keyring", () => import("../commands/auth-keyring.ts")),
  hidden("auth go", () => import("../commands/auth-go.ts")),
];

/** What tools call back under `auth exec`. */
function hidden(name: string, load: CommandSpec["load"]): CommandSpec {
  const argument: ArgumentSpec = { name: "arguments", description: "as the tool passes them", required: false, many: "command" };
  return { name, group: "Build", summary: "", description: "", argument, flags: [], examples: [], exitCodes: [], isHidden: true, load };
}
