/** docs/cli.md from the table of commands. */
import type { ArgumentSpec, CommandSpec, FlagSpec } from "../../server/cli/table/command.ts";
import { shownCommands } from "../../server/cli/table.ts";

export function cliPage(): string {
  const groups = [...Map.groupBy(shownCommands, (it) => it.group)];
  const overview = groups.map(
    ([group, all]) => `| ${group} | ${all.map((it) => `[\`${it.name}\`](#cockpit-${it.name.replace(" ", "-")})`).join(" · ")} |`,
  );
  return `# The cockpit command

<!-- Generated from server/cli/table.ts by npm run generate. -->

| | commands |
|---|---|
${overview.join("\n")}

Results go to stdout; progress, hints and errors to stderr, and progress is drawn only when stderr is a terminal outside CI. \`--format json\` prints one document with a
\`version\` and nothing else. Without \`--apply\` nothing is written. Lines and columns count from 1, columns in UTF-16 units. Ctrl-C stops at a safe point (exit code
130); a second one stops at once.

${shownCommands.map(commandSection).join("\n\n")}
`;
}

function commandSection({ name, summary, description, argument, flags, examples, exitCodes }: CommandSpec): string {
  const usage = [
    `cockpit ${name}`,
    ...(argument?.many === "command" ? ["[flags]", "--"] : []),
    argument ? argumentUsage(argument) : "",
    flags.length > 0 && argument?.many !== "command" ? "[flags]" : "",
  ];
  const parts = [`## cockpit ${name}`, `${summary}. \`${usage.filter(Boolean).join(" ")}\``, description];
  if (flags.length > 0) parts.push(["| flag | |", "|---|---|", ...flags.map(flagRow)].join("\n"));
  parts.push(["```sh", ...examples.map(({ run, does }) => `${run.padEnd(56)} # ${does}`), "```"].join("\n"));
  parts.push(`Exit codes:\n\n${exitCodes.map((it) => `- ${it.replace(/^\d+/, "**$&**")}`).join("\n")}`);
  return parts.join("\n\n");
}

function argumentUsage({ name, required, many }: ArgumentSpec): string {
  const shown = many ? `${name}…` : name;
  return required ? `<${shown}>` : `[${shown}]`;
}

function flagRow({ flags, description, choices, default: preset }: FlagSpec): string {
  const options = choices
    ? `: ${choices.map((it) => (it === preset ? `**\`${it}\`**` : `\`${it}\``)).join(", ")}`
    : preset
      ? `; default \`${preset}\``
      : "";
  return `| \`${flags.replaceAll("|", "\\|")}\` | ${description}${options} |`;
}
