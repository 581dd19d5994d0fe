/** Files of 2,000 lines to type in: pieces of agent code, numbered so that no two are the same, with findings among them. */

export interface TypedFile {
  name: string;
  languageId: string;
  text: string;
  /** Written character by character and taken back again, each at the start of a line that holds `at`. */
  typed: { at: string; text: string }[];
}

const lines = 2000;

/** `head`, then pieces with `#` replaced by their number, until the file is long enough. */
export function assemble(head: string, pieces: readonly string[]): string {
  let text = head;
  for (let n = 1; text.split("\n").length <= lines; n++) text += `\n${(pieces[n % pieces.length] ?? "").replaceAll("#", String(n))}`;
  return text;
}
