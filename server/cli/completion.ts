/** Shell completion, written from the table of commands: subcommands, flags, their choices, rule ids and paths. */
import type { CommandSpec, FlagSpec } from "./table/command.ts";
import type { shells } from "./table/govern.ts";
import { commandGroups, shownCommands } from "./table.ts";

export type Shell = (typeof shells)[number];

/** The script that a shell loads; `ruleIds` complete what names a rule. */
export function completionScript(shell: Shell, ruleIds: readonly string[]): string {
  const byFirstWord = Map.groupBy(shownCommands, ({ name }) => name.split(" ")[0] ?? name);
  return scripts[shell]([...byFirstWord].map(([name, specs]) => mergedCompletion(name, specs, ruleIds)));
}

/** A command with subcommands completes their names, what they are about and the flags of all of them. */
function mergedCompletion(name: string, specs: readonly CommandSpec[], ruleIds: readonly string[]): Completion {
  const all = specs.map((it) => completionOf(it, ruleIds));
  const [only] = all;
  if (only && only.name === name) return only;
  const flags = new Map(all.flatMap((it) => it.flags).map((it) => [it.names.join(), it]));
  const argument = new Set([...all.map((it) => it.name.slice(name.length + 1)), ...all.flatMap((it) => it.argument)]);
  return { name, summary: commandGroups[name] ?? "", flags: [...flags.values()], argument: [...argument] };
}

interface Word {
  names: string[];
  description: string;
  /** What follows: nothing, a path, or one of these words. */
  value: undefined | "path" | "any" | readonly string[];
  repeatable?: boolean;
}

interface Completion {
  name: string;
  summary: string;
  flags: Word[];
  /** What the argument may be. */
  argument: readonly string[];
}

function completionOf({ name, summary, flags, argument }: CommandSpec, ruleIds: readonly string[]): Completion {
  const words = [...flags.map((it) => wordOf(it, ruleIds)), { names: ["-h", "--help"], description: "show help", value: undefined }];
  return { name, summary, flags: words, argument: argument?.choices ?? (argument?.completes === "rule" ? ruleIds : []) };
}

function wordOf({ flags, description, choices, completes, repeatable = false }: FlagSpec, ruleIds: readonly string[]): Word {
  const names = flags.match(/--?[\w-]+/g) ?? [];
  const takesValue = flags.includes("<");
  return {
    names,
    description,
    value: takesValue ? (choices ?? (completes === "rule" ? ruleIds : (completes ?? "any"))) : undefined,
    repeatable,
  };
}

const scripts: Record<Shell, (all: readonly Completion[]) => string> = { bash, zsh, fish, powershell };

function bash(all: readonly Completion[]): string {
  const cases = all.map(
    (it) => `    ${it.name})
      case "$previous" in
${it.flags.flatMap(bashValue).join("\n")}
      esac
      words="${[...it.flags.flatMap(({ names }) => names), ...it.argument].join(" ")}" ;;`,
  );
  return `# bash completion of cockpit
_cockpit() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  case "\${COMP_CWORD}:\${COMP_WORDS[1]}" in
    1:*) COMPREPLY=($(compgen -W "${[...all.map((it) => it.name), "--help", "--version"].join(" ")}" -- "$current")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -F _cockpit cockpit
`;
}

function bashValue({ names, value }: Word): string[] {
  if (value === undefined) return [];
  const pattern = `        ${names.join("|")})`;
  if (value === "any") return [`${pattern} return ;;`];
  if (value === "path") return [`${pattern} compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;`];
  return [`${pattern} COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$current")); return ;;`];
}

function zsh(all: readonly Completion[]): string {
  const cases = all.map((it) => {
    const argument = it.argument.length > 0 ? [`'1:argument:(${it.argument.join(" ")})'`] : [];
    const specs = [...it.flags.map(zshFlag), ...argument];
    return `    ${it.name}) _arguments -s \\\n      ${specs.join(" \\\n      ")} ;;`;
  });
  return `#compdef cockpit
_cockpit() {
  local -a commands
  commands=(
${all.map((it) => `    ${quote(`${it.name}:${it.summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _cockpit cockpit
`;
}

function zshFlag({ names, description, value, repeatable }: Word): string {
  const exclusive = names.length > 1 ? `'(${names.join(" ")})'{${names.join(",")}}` : `${repeatable ? "\\*" : ""}${names[0] ?? ""}`;
  const action =
    value === undefined ? "" : value === "path" ? ":path:_files" : value === "any" ? ":value: " : `:value:(${value.join(" ")})`;
  return `${exclusive}${quote(`[${description.replace(/[[\]:]/g, "\\$&")}]${action}`)}`;
}

function fish(all: readonly Completion[]): string {
  const names = all.map((it) => it.name).join(" ");
  const lines = all.flatMap((it) => {
    const here = `complete -c cockpit -n '__fish_seen_subcommand_from ${it.name}'`;
    return [
      `complete -c cockpit -n 'not __fish_seen_subcommand_from ${names}' -f -a ${it.name} -d ${quote(it.summary)}`,
      ...it.flags.map((flag) => `${here} ${fishFlag(flag)}`),
      ...(it.argument.length > 0 ? [`${here} -f -a ${quote(it.argument.join(" "))}`] : []),
    ];
  });
  return `# fish completion of cockpit\ncomplete -c cockpit -f\n${lines.join("\n")}\n`;
}

function fishFlag({ names, description, value }: Word): string {
  const flags = names.map((it) => (it.startsWith("--") ? `-l ${it.slice(2)}` : `-s ${it.slice(1)}`)).join(" ");
  const takes = value === undefined ? "" : value === "path" ? " -r -F" : value === "any" ? " -x" : ` -x -a ${quote(value.join(" "))}`;
  return `${flags}${takes} -d ${quote(description)}`;
}

function powershell(all: readonly Completion[]): string {
  const flags = all.map(
    (it) => `    ${quote(it.name)} = @(${[...it.flags.flatMap(({ names }) => names), ...it.argument].map(quote).join(", ")})`,
  );
  const values = all.flatMap((it) =>
    it.flags.flatMap(({ names, value }) =>
      Array.isArray(value) ? names.map((name) => `    ${quote(`${it.name} ${name}`)} = @(${value.map(quote).join(", ")})`) : [],
    ),
  );
  return `# PowerShell completion of cockpit
Register-ArgumentCompleter -Native -CommandName cockpit -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @{
${flags.join("\n")}
  }
  $values = @{
${values.join("\n")}
  }
  $typed = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
  $command = if ($typed.Count -gt 1) { $typed[1] } else { '' }
  $choices = if ($typed.Count -le 1) { ${all.map((it) => quote(it.name)).join(", ")}, '--help', '--version' }
    elseif ($values["$command $($typed[-1])"]) { $values["$command $($typed[-1])"] }
    else { $words[$command] }
  $choices | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

/** In single quotes; a quote inside ends them, stands escaped and begins them again. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
