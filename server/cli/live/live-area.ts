/**
 * A few lines at the end of a terminal that are updated in place. Only lines that differ are written, each over what stood there, so that nothing is ever blank in between; the
 * cursor rests on the line below. Hidden while it draws, it is shown again however the process ends.
 */
import { writeSync } from "node:fs";
import type { WriteStream } from "node:tty";
import { widthOf } from "./cells.ts";

export interface Size {
  columns: number;
  rows: number;
}

export interface LiveArea {
  /** Draws what has changed. */
  update(): void;
  /** Lets something be written above the lines. */
  above(write: () => void): void;
  /** Removes the lines. They come back with the next update. */
  clear(): void;
  /** Removes them for good. */
  close(): void;
}

export type Screen = Pick<WriteStream, "write" | "columns" | "rows" | "on" | "off"> & { fd?: number };

/** `draw` gives lines for a window: fewer than its rows, each shorter than its columns. Trailing columns and rows are kept free by the size that it is told. */
export function createLiveArea(screen: Screen, draw: (size: Size) => readonly string[]): LiveArea {
  let shown: readonly string[] = [];
  let isHidden = false;

  const size = (): Size => ({ columns: Math.max(1, (screen.columns || 80) - 1), rows: Math.max(1, (screen.rows || 24) - 1) });

  function update() {
    const { columns, rows } = size();
    const lines = draw({ columns, rows }).slice(0, rows);
    const text = changes(shown, lines);
    shown = lines;
    if (text !== "") write(text);
  }

  function write(text: string) {
    const cursor = isHidden ? "" : hideCursor;
    if (!isHidden) process.once("exit", restore);
    isHidden = true;
    screen.write(`${beginFrame}${cursor}${text}${endFrame}`);
  }

  /** Rows that the lines take now: where the window has become narrower, most terminals wrap them. */
  function rowsTaken(): number {
    const columns = screen.columns || 80;
    return shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  }

  function clear() {
    if (shown.length > 0) screen.write(`${up(rowsTaken())}${eraseBelow}`);
    shown = [];
  }

  function redraw() {
    if (shown.length === 0) return;
    clear();
    update();
  }

  function show() {
    if (isHidden) screen.write(showCursor);
    isHidden = false;
    process.off("exit", restore);
  }

  /** The last moment: a stream may not write any more. */
  function restore() {
    try {
      writeSync(screen.fd ?? 2, showCursor);
    } catch {
      // The terminal is gone.
    }
  }

  /** Ctrl-Z gives the terminal back; who goes on later finds the lines again. */
  function suspend() {
    clear();
    show();
    process.kill(process.pid, "SIGSTOP");
  }

  screen.on("resize", redraw);
  if (process.platform !== "win32") process.on("SIGTSTP", suspend).on("SIGCONT", update);
  return {
    update,
    above(writeText) {
      if (shown.length === 0) return writeText();
      screen.write(beginFrame);
      clear();
      writeText();
      update();
      screen.write(endFrame);
    },
    clear,
    close() {
      clear();
      show();
      screen.off("resize", redraw);
      process.off("SIGTSTP", suspend).off("SIGCONT", update);
    },
  };
}

/** What turns the lines before into these, from the line below them to the line below these. */
export function changes(before: readonly string[], after: readonly string[]): string {
  let text = "";
  let at = before.length;
  const go = (to: number) => {
    text += to < at ? up(at - to) : down(to - at);
    at = to;
  };
  for (const [i, line] of after.entries()) {
    if (line === before[i]) continue;
    go(i);
    text += `${line}${eraseLine}\n`;
    at = i + 1;
  }
  if (after.length < before.length) {
    go(after.length);
    text += eraseBelow;
  } else if (text !== "") go(after.length);
  return text;
}

const csi = "\u001b[";
const up = (rows: number) => (rows > 0 ? `${csi}${rows}A\r` : "\r");
const down = (rows: number) => (rows > 0 ? `${csi}${rows}B\r` : "");
const eraseLine = `${csi}K`;
const eraseBelow = `${csi}J`;
const hideCursor = `${csi}?25l`;
const showCursor = `${csi}?25h`;
/** Terminals that know of it show what is between as a whole: https://contour-terminal.org/vt-extensions/synchronized-output/ */
const beginFrame = `${csi}?2026h`;
const endFrame = `${csi}?2026l`;
