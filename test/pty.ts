/** Runs a command in a pseudo-terminal, and shows what a person would see in it. Needs Python 3. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createScreen, type SeenScreen } from "./screen.ts";

export const hasPty = process.platform !== "win32" && spawnSync("python3", ["-c", "import pty"]).status === 0;

export interface PtyOptions {
  cwd: string;
  env: Record<string, string>;
  columns?: number;
  rows?: number;
  onData?(data: Buffer): void;
}

export interface Pty extends Pick<SeenScreen, "rows" | "isCursorShown"> {
  /** Of the command itself. */
  pid: Promise<number>;
  /** Everything that was written, as it was written. */
  written(): string;
  type(text: string): void;
  resize(columns: number, rows: number): Promise<void>;
  /** Takes the terminal away from it. */
  kill(): void;
  /** Its exit code, or 128 and the signal's number. */
  ended: Promise<number>;
}

export function openPty(command: readonly string[], { cwd, env, columns = 80, rows = 24, onData }: PtyOptions): Pty {
  const child = spawn("python3", [join(import.meta.dirname, "in_terminal.py"), String(columns), String(rows), ...command], { cwd, env });
  const screen = createScreen(columns, rows);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => {
    chunks.push(data);
    screen.write(data);
    onData?.(data);
  });
  const order = (it: object) => child.stdin.write(`${JSON.stringify(it)}\n`);
  // Orders to one that has ended go nowhere.
  child.stdin.on("error", () => {});
  return {
    rows: screen.rows,
    isCursorShown: screen.isCursorShown,
    pid: once(child.stderr, "data").then(([data]) => Number.parseInt(String(data), 10)),
    written: () => Buffer.concat(chunks).toString(),
    type: (text) => order({ type: text }),
    async resize(columns, rows) {
      await screen.resize(columns, rows);
      order({ resize: [columns, rows] });
    },
    kill: () => child.kill(),
    ended: once(child, "close").then(([code]) => Number(code)),
  };
}
