/** Runs a command so that the package tools in it reach private indexes, and leaves nothing behind. */
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { constants } from "node:os";
import spawn from "cross-spawn";
import { messageOf } from "../protocol/message-of.ts";
import { toolCommand, writesNpmSettings } from "./command-line.ts";
import { openIndexes, toolEnvironment, withVariables } from "./environment.ts";
import { type Finished, runWatched } from "./failover/watch.ts";
import { AuthError, type TimedCredential } from "./identity.ts";
import { type ConfigurationOptions, indexesOf, readConfiguration } from "./indexes/configured.ts";
import { type Environment, thisMachine } from "./indexes/machine.ts";
import type { PackageIndex } from "./package-index.ts";
import { openTemporary, randomMark, removeLeftovers } from "./temporary.ts";

export type CredentialsFor = (
  indexes: readonly Pick<PackageIndex, "url" | "format">[],
  signal?: AbortSignal,
) => Promise<Map<string, TimedCredential | AuthError>>;

export interface ExecOptions {
  folder: string;
  env: Environment;
  /** How the cockpit is started: program and first arguments. */
  cockpit: readonly string[];
  named?: ConfigurationOptions["named"];
  credentialsFor: CredentialsFor;
  /** Packages that the person says are public. */
  listed: readonly string[];
  /** Takes over the signals that reach this process; returns what gives them back. */
  takeSignals(handler: (signal: NodeJS.Signals) => void): () => void;
  /** Stops what happens before the command runs. */
  signal: AbortSignal;
  /** Writes a line for the person. */
  note(text: string): void;
}

/**
 * `exitCode` is the command's: 128 and the signal's number where one ended it, 127 when there is no such program, 126 when it cannot be run. With what was decided where
 * an index did not let it in.
 */
export async function exec(command: readonly string[], options: ExecOptions): Promise<Finished> {
  removeLeftovers();
  const tool = toolCommand(command, options.folder);
  const folder = tool?.folder ?? options.folder;
  const machine = thisMachine(options.env);
  const { named } = options;
  const configuration = await readConfiguration({
    folder,
    machine,
    ...(named && { named }),
    ...(tool ? { tools: [tool.tool], subcommand: tool.subcommand, ignoresProject: tool.ignoresProject } : {}),
    ...(writesNpmSettings(command) ? { tools: [] } : {}),
  });
  const credentials = await knownCredentials(openIndexes(configuration), options);
  options.signal.throwIfAborted();
  const temporary = openTemporary();
  try {
    const { cockpit, env, signal, listed } = options;
    const isBrief = tool !== undefined;
    const mayConfigureUv = tool?.choosesIndexes !== true;
    const variables = toolEnvironment({
      configuration,
      credentials,
      temporary,
      machine,
      cockpit,
      isBrief,
      mayConfigureUv,
      mark: randomMark(),
    });
    const inside = withVariables(env, variables);
    // Whatever may go on for long fails for many reasons, and a command line that names its indexes has its own.
    if (!tool || tool.choosesIndexes) return { exitCode: await run(command, inside, options), retried: false };
    return await runWatched(indexesOf(configuration), command, {
      folder: options.folder,
      env: inside,
      retryEnv: env,
      listed,
      credentials,
      signal,
      run: (again, variables) => run(again, variables, options),
      say: (line) => options.note(`cockpit: ${line}`),
    });
  } finally {
    temporary.remove();
  }
}

/** Says of the others why they have none; the command may do without. */
async function knownCredentials(indexes: readonly PackageIndex[], { credentialsFor, signal, note }: ExecOptions) {
  const found = await credentialsFor(indexes, signal);
  const known = new Map<string, TimedCredential>();
  for (const [url, answer] of found)
    if (answer instanceof AuthError) note(`cockpit: ${url}: ${answer.message}`);
    else known.set(url, answer);
  return known;
}

async function run(command: readonly string[], env: Environment, { folder, note, takeSignals }: ExecOptions): Promise<number> {
  const [program = "", ...args] = command;
  let child: ChildProcess | undefined;
  // First, because the command may run before its start returns here.
  const giveBack = takeSignals((signal) => {
    if (!comesFromTerminal(signal)) child?.kill(signal);
  });
  try {
    child = start(program, args, { cwd: folder, env, stdio: "inherit" });
    return await exitCode(child);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    note(`cockpit: ${program} ${isMissing ? "is not on the PATH; install it, or write its path" : `cannot be run: ${messageOf(error)}`}`);
    return isMissing ? 127 : 126;
  } finally {
    giveBack();
  }
}

/** Node refuses to start a `.cmd` by itself on Windows; cross-spawn knows how, and quotes for it. */
const start = (program: string, args: readonly string[], options: SpawnOptions): ChildProcess => spawn(program, [...args], options);

/** Ctrl-C at a terminal reaches the whole group of processes: passed on, the command would get it twice. */
const comesFromTerminal = (signal: NodeJS.Signals) =>
  (signal === "SIGINT" || signal === "SIGQUIT") && (process.stdin.isTTY === true || process.stderr.isTTY === true);

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
