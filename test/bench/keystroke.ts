/**
 * From keystroke to published diagnostics: 500 single-character edits in files of 2,000 lines, sent to the real server over stdio, and to
 * `ruff server` for Python. Run it with `node --import ./scripts/text-modules.ts test/bench/keystroke.ts`; `--json` prints the figures alone.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { pythonTools } from "../tools/python.ts";
import { type TypedFile, typedFiles } from "./keystroke-files.ts";

interface Figures {
  server: string;
  file: string;
  lines: number;
  edits: number;
  /** Most that were published at once. */
  findings: number;
  /** ms */
  p50: number;
  p99: number;
  max: number;
}

interface Keystroke {
  range: Range;
  text: string;
}

const edits = 500;

/** Each text is written at several places of the file, and deleted again from its end. */
export function keystrokes({ text, typed }: TypedFile): Keystroke[] {
  const rows = text.split("\n");
  const strokes: Keystroke[] = [];
  for (let round = 0; strokes.length < edits; round++)
    for (const { at, text: added } of typed) {
      const places = rows.flatMap((row, line) => (row.includes(at) ? [line] : []));
      const line = places[Math.floor(((round * 2 + 1) / 7) * places.length) % places.length];
      assert(line !== undefined, `${at} stands nowhere`);
      strokes.push(...written(line, added));
    }
  return strokes.slice(0, edits);
}

function written(line: number, added: string): Keystroke[] {
  const places = [...added].map((_, i) => place(line, added.slice(0, i)));
  const typing = places.map((it, i) => ({ range: { start: it, end: it }, text: added[i] ?? "" }));
  const deleting = places.map((it, i) => ({ range: { start: it, end: place(line, added.slice(0, i + 1)) }, text: "" }));
  return [...typing, ...deleting.reverse()];
}

function place(line: number, before: string) {
  const rows = before.split("\n");
  return { line: line + rows.length - 1, character: rows.at(-1)?.length ?? 0 };
}

async function measure(server: string, command: string, args: readonly string[], file: TypedFile): Promise<Figures> {
  const home = await mkdtemp(join(tmpdir(), "cockpit-keystroke-"));
  await writeFile(join(home, file.name), file.text);
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, COCKPIT_CACHE_DIR: join(home, ".cache") },
  });
  try {
    return { server, file: file.name, lines: file.text.split("\n").length - 1, ...(await typeInto(child, home, file)) };
  } finally {
    child.kill();
    await rm(home, { recursive: true, force: true });
  }
}

async function typeInto({ stdin, stdout }: ChildProcess, home: string, file: TypedFile) {
  assert(stdin && stdout);
  const connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
  const uri = pathToFileURL(join(home, file.name)).href;
  const published = listen(connection, uri);
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { publishDiagnostics: { versionSupport: true, codeDescriptionSupport: true, dataSupport: true } } },
    workspaceFolders: [{ name: "bench", uri: pathToFileURL(home).href }],
  });
  await connection.sendNotification("initialized", {});
  const opened = published(1);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: file.languageId, version: 1, text: file.text },
  });
  let findings = await opened;
  await pause(1500);
  const times: number[] = [];
  for (const [i, stroke] of keystrokes(file).entries()) {
    const version = i + 2;
    const started = performance.now();
    const answer = published(version);
    void connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [stroke] });
    findings = Math.max(findings, await answer);
    times.push(performance.now() - started);
    await pause(3);
  }
  connection.dispose();
  return { edits: times.length, findings, p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) };
}

/** A function that waits for the diagnostics of a version and gives their number. */
function listen(connection: ProtocolConnection, uri: string): (version: number) => Promise<number> {
  const waiting = new Map<number, (findings: number) => void>();
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    if (params.uri === uri && params.version !== undefined) waiting.get(params.version)?.(params.diagnostics.length);
  });
  connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.listen();
  return (version) => new Promise((done) => waiting.set(version, done));
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const root = resolve(import.meta.dirname, "../..");
  const cockpit = [join(root, process.env.COCKPIT_SERVER ?? "dist/server.mjs"), "--stdio"];
  const figures: Figures[] = [];
  for (const file of typedFiles) figures.push(await measure("cockpit", process.execPath, cockpit, file));
  const python = typedFiles.filter((it) => it.languageId === "python");
  for (const file of python) figures.push(await measure("ruff server", join(await pythonTools(), "ruff"), ["server"], file));
  const load = loadavg()[0]?.toFixed(1);
  if (!json) {
    console.log(`keystroke to published diagnostics, ms; load average ${load}`);
    console.log("server       file        lines  edits  findings    p50    p99    max");
    for (const it of figures)
      console.log(
        `${it.server.padEnd(12)} ${it.file.padEnd(10)} ${String(it.lines).padStart(6)} ${String(it.edits).padStart(6)} ${String(it.findings).padStart(9)} ${it.p50.toFixed(1).padStart(6)} ${it.p99.toFixed(1).padStart(6)} ${it.max.toFixed(1).padStart(6)}`,
      );
  }
  console.log(JSON.stringify({ version: 1, load, figures }));
}
