/** Reads what discovery wants to know from manifests. One that is broken or says nothing still marks its folder as an agent's. */
import { basename, posix } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import type { Manifest } from "../engine/discovery/discovery.ts";

const text = z.string().min(1);
const packageJson = z.object({
  name: text.optional().catch(undefined),
  main: text.optional().catch(undefined),
  bin: z
    .union([text, z.record(z.string(), text)])
    .optional()
    .catch(undefined),
  scripts: z.record(z.string(), z.string()).optional().catch(undefined),
});
const pyproject = z.object({
  project: z
    .object({ name: text.optional().catch(undefined), scripts: z.record(z.string(), text).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  tool: z
    .object({
      poetry: z
        .object({ name: text.optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** `content` is the manifest's text; `path` is relative to the workspace. */
export function parseManifest(path: string, content: string): Manifest {
  try {
    return { path, ...(readers[basename(path)]?.(content) ?? {}) };
  } catch {
    // Half-written or not what its name says: what can be told from its place alone is told.
    return { path };
  }
}

const readers: Record<string, (content: string) => Omit<Manifest, "path">> = {
  "package.json": readPackageJson,
  "pyproject.toml": readPyproject,
  "go.mod": (content) =>
    named(
      /^module\s+(\S+)/m
        .exec(content)?.[1]
        ?.replace(/\/v\d+$/, "")
        .split("/")
        .at(-1),
    ),
};

const named = (name: string | undefined): Omit<Manifest, "path"> => (name ? { name } : {});

function readPackageJson(content: string): Omit<Manifest, "path"> {
  const { name, main, bin, scripts } = packageJson.parse(JSON.parse(content));
  const started = scripts?.start?.match(/[\w./-]+\.[mc]?[jt]sx?\b/g) ?? [];
  const bins = typeof bin === "string" ? [bin] : Object.values(bin ?? {});
  return { ...named(name), entryPoints: [...bins, ...started, ...(main ? [main] : [])].map((it) => posix.normalize(it)) };
}

function readPyproject(content: string): Omit<Manifest, "path"> {
  const { project, tool } = pyproject.parse(parseToml(content));
  const modules = Object.values(project?.scripts ?? {}).map((it) => (it.split(":")[0] ?? "").replaceAll(".", "/"));
  const files = modules.flatMap((it) => [`${it}.py`, `src/${it}.py`, `${it}/__init__.py`, `src/${it}/__init__.py`]);
  return { ...named(project?.name ?? tool?.poetry?.name), entryPoints: files };
}
