/** The TypeScript compiler of this repository as a judge of other code. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const compiler = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

/** `tsc --strict` as a bundler's user has it; nothing is written. */
export const strictOptions = {
  strict: true,
  noEmit: true,
  jsx: "react-jsx",
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
  skipLibCheck: true,
  types: [] as string[],
};

export interface Complaint {
  /** Relative to the project's folder. */
  path: string;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
  /** `error TS2322: …` with its continuation lines. */
  message: string;
}

/** What tsc says of the project in `folder`. Throws when it did not come to look at the files. */
export async function complaintsOf(folder: string): Promise<Complaint[]> {
  const output = await run(process.execPath, [compiler, "--pretty", "false", "--project", folder], {
    cwd: folder,
    maxBuffer: 1 << 28,
  }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
  const complaints = [...output.matchAll(/^(.+?)\((\d+),(\d+)\): (error .*(?:\n .*)*)/gm)].map(
    ([, path = "", line, column, message = ""]): Complaint => ({ path, line: Number(line), column: Number(column), message }),
  );
  const aboutOptions = complaints.some(({ path }) => path.endsWith("tsconfig.json"));
  if (aboutOptions || (complaints.length === 0 && output !== "")) throw new Error(`tsc did not check ${folder}: ${output}`);
  return complaints;
}
