/** Words of agents where VS Code shows them: one short line, without control characters and without the marks of links and icons. */
export function shownText(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd")
    .replace(/\]\(/g, "] (")
    .replace(/\$\(/g, "$ (");
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

const longest = 240;
