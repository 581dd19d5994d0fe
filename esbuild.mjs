/** Bundles the extension, the Forest, the language server and the `cockpit` command into dist/, and copies the grammars beside them. */

import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const root = import.meta.dirname;
const dist = join(root, "dist");

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node22",
  minify: true,
  loader: { ".scm": "text", ".md": "text", ".hbs": "text" },
  define: { COCKPIT_WASM_FOLDER: '"wasm"' },
  logLevel: "warning",
};

/**
 * Gaxios imports this CommonJS module when there is a proxy; a chunk of its own would have a default export alone.
 * @type {import("esbuild").Plugin}
 */
const namesOfProxyAgent = {
  name: "names-of-proxy-agent",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^https-proxy-agent$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace: "names-of-proxy-agent" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "names-of-proxy-agent" }, ({ path }) => ({
      contents: `export { HttpsProxyAgent } from "${path}";`,
      resolveDir: root,
    }));
  },
};

await rm(dist, { recursive: true, force: true });
await Promise.all([bundleExtension(), bundleNode(), bundleWebview(), copyGrammars()]);

/** VS Code loads the extension as CommonJS. */
function bundleExtension() {
  return build({ ...common, entryPoints: ["client/extension.ts"], outfile: "dist/extension.cjs", format: "cjs", external: ["vscode"] });
}

/** The doors and the worker share chunks, so that what a run does not import is not even read. Flat: they find wasm/ beside themselves. */
async function bundleNode() {
  const entries = {
    server: "server/lsp/main.ts",
    "audit-thread": "server/lsp/audit-thread.ts",
    cockpit: "server/cli/main.ts",
    "audit-worker": "server/host/audit-worker.ts",
    "lake-worker": "server/telemetry/lake/lake-worker.ts",
    keeper: "server/auth/keeper/main.ts",
  };
  await build({
    ...common,
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file)))),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunk-[hash]",
    format: "esm",
    splitting: true,
    plugins: [namesOfProxyAgent],
    // Some dependencies are CommonJS: they call `require` for Node's own modules, and Google's ask where they are.
    banner: {
      js: 'import { createRequire as requireFor } from "node:module"; const require = requireFor(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
    },
  });
  const command = join(dist, "cockpit.mjs");
  if (existsSync(command)) await chmod(command, 0o755);
}

/** The Forest: a script, a style sheet and the font of icons. */
function bundleWebview() {
  return build({
    ...common,
    entryPoints: { forest: "webview/main.tsx" },
    outdir: "dist/webview",
    assetNames: "[name]",
    format: "iife",
    platform: "browser",
    target: "chrome134",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
  });
}

async function copyGrammars() {
  await mkdir(join(dist, "wasm"), { recursive: true });
  const grammars = join(dirname(require.resolve("@vscode/tree-sitter-wasm/package.json")), "wasm");
  const files = ["typescript", "tsx", "javascript", "python", "go"].map((it) => join(grammars, `tree-sitter-${it}.wasm`));
  for (const file of [require.resolve("web-tree-sitter/web-tree-sitter.wasm"), ...files])
    await copyFile(file, join(dist, "wasm", basename(file)));
}
