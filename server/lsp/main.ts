/** The language server's process: LSP over standard input and output. */
import { createConnection } from "vscode-languageserver/node";
import { serve } from "./server.ts";

// Standard output belongs to the protocol: what any library prints goes to standard error.
console.log = console.error;
console.info = console.error;

serve(createConnection(process.stdin, process.stdout));
