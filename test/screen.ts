/** A terminal in memory: what a person would see of what was written to it. */
import { EventEmitter } from "node:events";
import xterm from "@xterm/headless";
import type { Screen } from "../server/cli/live/live-area.ts";

export interface SeenScreen {
  write(data: string | Uint8Array): void;
  /** Rows from the top of the window, without blanks at their ends; the empty ones below the last left out. Lines that have scrolled off come first with `all`. */
  rows(what?: "all"): Promise<string[]>;
  resize(columns: number, rows: number): Promise<void>;
  isCursorShown(): Promise<boolean>;
}

export function createScreen(columns: number, rows: number): SeenScreen {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  let isCursorShown = true;
  const cursor = (isShown: boolean) => (params: (number | number[])[]) => {
    if (params[0] === 25) isCursorShown = isShown;
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: "?", final: "h" }, cursor(true));
  terminal.parser.registerCsiHandler({ prefix: "?", final: "l" }, cursor(false));
  const settled = () => new Promise<void>((resolve) => terminal.write("", resolve));
  return {
    write: (data) => terminal.write(data),
    async rows(what) {
      await settled();
      const { active } = terminal.buffer;
      const from = what === "all" ? 0 : active.baseY;
      const lines = Array.from({ length: active.length - from }, (_, i) => active.getLine(from + i)?.translateToString(true) ?? "");
      return lines.slice(0, lines.findLastIndex((it) => it !== "") + 1);
    },
    async resize(columns, rows) {
      await settled();
      terminal.resize(columns, rows);
    },
    async isCursorShown() {
      await settled();
      return isCursorShown;
    },
  };
}

/** The same as a stream that can be drawn on; `bytes` counts what was written. */
export function createStream(columns: number, rows: number) {
  const seen = createScreen(columns, rows);
  const events = new EventEmitter();
  const stream = {
    columns,
    rows,
    bytes: 0,
    write(text: string) {
      stream.bytes += Buffer.byteLength(text);
      // As the terminal's driver does.
      seen.write(text.replaceAll("\n", "\r\n"));
      return true;
    },
    on: events.on.bind(events),
    off: events.off.bind(events),
    async resize(columns: number, rows: number) {
      await seen.resize(columns, rows);
      Object.assign(stream, { columns, rows });
      events.emit("resize");
    },
  };
  return { seen, stream: stream as typeof stream & Screen };
}
