/** Cuts what a process writes into lines. */

/** Takes pieces of text as they come. A line beyond `longest` characters is dropped: nothing that we start writes such. */
export function lineReader(onLine: (line: string) => void): (piece: string) => void {
  let rest = "";
  let isDropping = false;
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!isDropping && line.trim() !== "") onLine(line.replace(/\r$/, ""));
      isDropping = false;
    }
    if (rest.length > longest) isDropping = true;
    if (isDropping) rest = "";
  };
}

const longest = 1_000_000;
