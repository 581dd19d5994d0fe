/** The process's streams as commands see them: results to stdout, everything else to stderr, colour only where a person looks. */
import type { Writable } from "node:stream";
import { createColors } from "picocolors";
import type { LiveArea, Size } from "./live/live-area.ts";

type Colors = ReturnType<typeof createColors>;

export interface Terminal {
  /** Writes a result; resolves when the reader has taken it. A reader that went away is no error. */
  out(text: string): Promise<void>;
  /** Writes a message for the person, a line. */
  note(text: string): void;
  /** A line on stderr that the next one replaces and an empty one removes; draws only where stderr is a terminal and nobody asked for quiet. */
  progress(text: string): void;
  /** Lines at the end of stderr that update in place, below what else is written; `undefined` where `progress` would draw nothing. */
  live(draw: (size: Size) => readonly string[]): Promise<LiveArea | undefined>;
  colors: Colors;
  /** Colours for stderr. */
  noteColors: Colors;
  /** Columns of stdout now, 100 where it is not a terminal. */
  width(): number;
  /** Columns of stdout now, where it is a terminal. */
  columns(): number | undefined;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** Aborted when something was written to stdout that nobody reads any more. */
  readerGone: AbortSignal;
  environment: Readonly<Record<string, string | undefined>>;
}

export interface TerminalOptions {
  quiet: boolean;
  color: boolean;
}

export function createTerminal(process: NodeJS.Process, signal: AbortSignal, { quiet, color }: TerminalOptions): Terminal {
  const { stdout, stderr, env } = process;
  const draws = stderr.isTTY === true && !quiet && !env.CI && env.TERM !== "dumb";
  let drawn = false;
  let area: LiveArea | undefined;
  const above = (write: () => void) => (area ? area.above(write) : write());
  const gone = new AbortController();
  let next = Date.now() + patience;
  const clear = () => {
    if (drawn) stderr.write("\r\u001b[2K");
    drawn = false;
  };
  return {
    out(text) {
      clear();
      let written = Promise.resolve();
      const send = () => {
        written = write(stdout, text, () => gone.abort());
      };
      if (stdout.isTTY) above(send);
      else send();
      return written;
    },
    note(text) {
      clear();
      above(() => stderr.write(`${text}\n`));
    },
    progress(text) {
      if (text === "") return clear();
      if (!draws || Date.now() < next) return;
      next = Date.now() + interval;
      stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns || 80) - 1)}`);
      drawn = true;
    },
    async live(draw) {
      if (!draws) return undefined;
      const { createLiveArea } = await import("./live/live-area.ts");
      const opened = createLiveArea(stderr, draw);
      area = opened;
      const close = () => {
        opened.close();
        if (area === opened) area = undefined;
      };
      return { ...opened, close };
    },
    colors: createColors(color && wantsColor(stdout, env)),
    noteColors: createColors(color && wantsColor(stderr, env)),
    width: () => stdout.columns || 100,
    columns: () => (stdout.isTTY ? stdout.columns || 80 : undefined),
    signal,
    readerGone: gone.signal,
    environment: env,
  };
}

/** Short work draws nothing, long work now and then (milliseconds). */
const patience = 300;
const interval = 60;

/** https://no-color.org and FORCE_COLOR, else whether a terminal that knows colours is there. */
export function wantsColor(stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

function write(stream: Writable, text: string, onGone: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error && !isClosedPipe(error)) return reject(error);
      if (error) onGone();
      resolve();
    });
  });
}

/** `cockpit audit | head` closes the pipe early: the command finishes silently, with the exit code it would have had; one that has no end of its own ends. */
export function isClosedPipe(error: Error): boolean {
  return "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED");
}

/** Signs in place of control characters, by which a file's text or name could steer a terminal, and of those that nobody sees or that turn around how others are read. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu, "\ufffd");
