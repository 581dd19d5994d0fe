/** Turns the table of commands into a parser, runs the one that was named and says what went wrong in a sentence. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { nearest } from "../protocol/nearest.ts";
import { createFlags, UsageError } from "./flags.ts";
import { nodeProblem } from "./node-version.ts";
import type { ArgumentSpec, CommandSpec, FlagSpec } from "./table/command.ts";
import { commandGroups, commands, flagName, oldFlags } from "./table.ts";
import { createTerminal } from "./terminal.ts";

/** Runs `cockpit` with arguments (without the program's name) and returns its exit code. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (spec, values) => {
    exitCode = await runCommand(spec, values, signal);
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

type Run = (spec: CommandSpec, values: Readonly<Record<string, unknown>>) => Promise<void>;

export function createProgram(run: Run): Command {
  const program = new Command("cockpit")
    .description(manifest.description)
    .version(manifest.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "show help; after a command, its own")
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ styleTitle: (title) => title, subcommandTerm: (command) => command.name() })
    .configureOutput({ outputError: (message, write) => write(message.replace(/^error: /, "cockpit: ")) })
    .addHelpText("after", helpFooter)
    .exitOverride();
  for (const spec of commands) parentOf(spec, program).addCommand(createCommand(spec, program, run), { hidden: spec.isHidden === true });
  return program;
}

const helpFooter = `
Start with:
  cockpit audit              find what is wrong with the agents below this folder
  cockpit fix                see the safe repairs as a diff
  cockpit fix --apply        make them
`;

/** The program itself, or the command that a spec is a subcommand of; made when the first of them is. */
function parentOf({ name, group }: CommandSpec, program: Command): Command {
  const [first = "", second] = name.split(" ");
  if (second === undefined) return program;
  const known = program.commands.find((it) => it.name() === first);
  if (known) return known;
  const parent = new Command(first)
    .copyInheritedSettings(program)
    .enablePositionalOptions()
    .description(commandGroups[first] ?? "")
    .helpGroup(`${group}:`)
    .helpOption("-h, --help", "show this help");
  program.addCommand(parent);
  return parent;
}

function createCommand(spec: CommandSpec, program: Command, run: Run): Command {
  const command = new Command(lastWord(spec.name))
    .copyInheritedSettings(program)
    .summary(spec.summary)
    .description(plain(spec.description))
    .helpGroup(`${spec.group}:`)
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments()
    .addHelpText("after", commandFooter(spec));
  for (const flag of spec.flags) command.addOption(createOption(flag));
  for (const old of oldFlagsOf(spec)) command.addOption(new Option(`--${old} <value>`).hideHelp());
  if (spec.argument) command.addArgument(createArgument(command, spec.argument));
  if (spec.argument?.many === "command") command.passThroughOptions();
  return command.action(async () => {
    const { argument } = spec;
    if (!argument?.many) refuseExcess(spec, command.args.slice(argument ? 1 : 0));
    const value = argument?.many ? command.args : command.args[0];
    await run(spec, { ...command.opts(), ...(argument ? { [argument.name]: value } : {}) });
  });
}

const lastWord = (name: string) => name.slice(name.lastIndexOf(" ") + 1);

function createOption(flag: FlagSpec): Option {
  const option = new Option(flag.flags, flag.description);
  if (flag.choices) option.choices(flag.choices);
  if (flag.default !== undefined) option.default(flag.default);
  if (flag.repeatable)
    option.argParser((value: string, all: unknown) => {
      if (flag.choices?.includes(value) === false) throw new InvalidArgumentError(`Allowed choices are ${flag.choices.join(", ")}.`);
      return [...(Array.isArray(all) ? all : []), value];
    });
  return option;
}

function createArgument(command: Command, { name, description, required, choices, many }: ArgumentSpec) {
  const shown = many ? `${name}...` : name;
  const argument = command.createArgument(required ? `<${shown}>` : `[${shown}]`, description);
  if (!choices) return argument;
  return argument.choices(choices).argParser((value: string) => {
    if (choices.includes(value)) return value;
    const meant = nearest(value, choices);
    throw new InvalidArgumentError(meant ? `Did you mean ${meant}?` : `Allowed choices are ${choices.join(", ")}.`);
  });
}

const oldFlagsOf = (spec: CommandSpec) =>
  Object.keys(oldFlags).filter((old) => spec.flags.some((flag) => flagName(flag) === oldFlags[old]));

function refuseExcess({ name, flags }: CommandSpec, excess: readonly string[]) {
  const [first] = excess;
  if (first === undefined) return;
  const meant = flags.some((flag) => flagName(flag) === "target") ? `; to name a path write --target ${first}` : "";
  complain(`unexpected ${JSON.stringify(first)} after cockpit ${name}${meant}`);
  throw new CommanderError(2, "cockpit.excess", "unexpected argument");
}

async function runCommand(spec: CommandSpec, given: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<number> {
  const values = withNewNames(given);
  const terminal = createTerminal(process, signal, { quiet: values.quiet === true, color: values.color !== false });
  const problem = nodeProblem();
  // The doctor says so itself, among all else.
  if (problem && spec.name !== "doctor") {
    complain(`${problem}; install one from https://nodejs.org`);
    return 2;
  }
  try {
    const { run } = await spec.load();
    return await run(createFlags(values), terminal);
  } catch (error) {
    terminal.progress("");
    if (signal.aborted) return 130;
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return 2;
  }
}

/** Values with those of earlier tools' flags under today's names; says so, a line each. */
function withNewNames(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values = { ...given };
  for (const [old, name] of Object.entries(oldFlags)) {
    if (values[old] === undefined) continue;
    complain(`--${old} is now --${name}`);
    values[name] = values[old];
  }
  return values;
}

const complain = (message: string) => process.stderr.write(`cockpit: ${message}\n`);

function commandFooter({ examples, exitCodes }: CommandSpec): string {
  const width = Math.max(...examples.map((it) => it.run.length));
  const lines = examples.map((it) => `  ${it.run.padEnd(width)}  ${it.does}`);
  return `\nExamples:\n${lines.join("\n")}\n\nExit codes:\n${exitCodes.map((it) => `  ${plain(it)}`).join("\n")}\n`;
}

/** Markdown as a terminal shows it best: without its marks. */
const plain = (markdown: string) => markdown.replace(/`([^`]+)`/g, "$1").replace(/\*([^*]+)\*/g, "$1");
