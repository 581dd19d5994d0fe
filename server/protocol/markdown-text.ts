/** Words in Markdown that stay words: no markup, no link, no heading, no end of a table's cell. One line is expected. */
export function plainMarkdown(words: string): string {
  // `@` between blanks that nobody sees is no mention of anybody and no address.
  return words.replace(/[\\`*_[\]<>&|~$#]|:(?=\/\/)|(?<=www)\./gi, "\\$&").replaceAll("@", "\u200b@\u200b");
}
