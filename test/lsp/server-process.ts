/** A language server as a process of its own, spoken to over standard input and output. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createProtocolConnection, type ProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";

export interface ServerProcess {
  child: ChildProcess;
  /** Not listening yet. */
  connection: ProtocolConnection;
  /** Its exit code, once it has ended. */
  exited: Promise<number | null>;
}

const root = resolve(import.meta.dirname, "../..");

/** The arguments for Node that start our server: the bundle named by `COCKPIT_SERVER`, else the sources. */
export const serverArguments: readonly string[] = process.env.COCKPIT_SERVER
  ? [resolve(root, process.env.COCKPIT_SERVER), "--stdio"]
  : ["--import", join(root, "scripts/text-modules.ts"), join(root, "server/lsp/main.ts"), "--stdio"];

export function startServer(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ServerProcess {
  const child = spawn(command, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...environment } });
  assert(child.stdout && child.stdin);
  const reader = new StreamMessageReader(child.stdout);
  // A server may end in the middle of a message: nobody waits for its rest.
  reader.partialMessageTimeout = 0;
  const connection = createProtocolConnection(reader, new StreamMessageWriter(child.stdin));
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  // What is still asked of a server that has ended fails at once.
  void exited.then(() => connection.dispose());
  return { child, connection, exited };
}
