/** Random dependency sets as people write them: names of both kinds, in every file that a tool reads, with and without hashes, of origins that are told or not. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestedTool } from "./tools.ts";

export const openNames = Array.from({ length: 20 }, (_, i) => `open-${String(i).padStart(2, "0")}`);
const houseNames = Array.from({ length: 20 }, (_, i) => `house-${String(i).padStart(2, "0")}`);

export interface DependencySet {
  form: string;
  command: string[];
  /** Path → text. */
  files: Record<string, string>;
  /** What a person says is public. */
  listed: string[];
}

export interface Origins {
  open: string;
  house: string;
  /** Folder of the public wheels. */
  wheels: string;
}

interface Draw {
  random: () => number;
  names: string[];
  origins: Origins;
}

type Form = (draw: Draw) => Pick<DependencySet, "command" | "files">;

export function drawSet(tool: TestedTool, random: () => number, origins: Origins): DependencySet {
  const houseShare = pick(random, [0, 0, 0.2, 0.5, 1]);
  const names = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, random() < houseShare ? houseNames : openNames));
  const listed = openNames.filter(() => random() < pick(random, [0, 0.8, 1, 1]));
  const [form, make] = pick(random, Object.entries(forms[tool]));
  return { form: `${tool} ${form}`, listed, ...make({ random, names: [...new Set(names)], origins }) };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** Indexes do not tell these apart. */
const respelled = (name: string, random: () => number) =>
  pick(random, [name, name, name.toUpperCase(), name.replace("-", "_"), name.replace("-", ".")]);

const spelled = ({ names, random }: Draw) =>
  names.map((it) => `${respelled(it, random)}${pick(random, ["", ">=1", "==2.0.0", "; python_version > '3'"])}`);
const toml = (texts: readonly string[]) => `[${texts.map((it) => JSON.stringify(it)).join(", ")}]`;
const project = (dependencies: readonly string[], more = "") =>
  `[project]\nname = "agent"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ${toml(dependencies)}\n${more}`;
const isOpen = (name: string) => openNames.includes(name);
const hashOf = (name: string, { wheels }: Origins) =>
  isOpen(name)
    ? createHash("sha256")
        .update(readFileSync(join(wheels, wheelOf(name))))
        .digest("hex")
    : createHash("sha256").update(name).digest("hex");
const wheelOf = (name: string) => `${name.replace("-", "_")}-2.0.0-py3-none-any.whl`;
const homeOf = (name: string, { open, house }: Origins) => (isOpen(name) ? open : house);

const pythonFiles: Record<string, (draw: Draw) => Record<string, string>> = {
  "requirements, nested, with constraints": (draw) => {
    const [first, ...rest] = spelled(draw);
    return {
      "r.txt": `# top\n${first}\n-r more/r.txt\n-c c.txt\n`,
      "more/r.txt": `${rest.join("\n")}\n`,
      "c.txt": "house-19==1\nopen-19<9\n",
    };
  },
  "requirements with hashes, origin told or not": ({ names, random, origins }) => {
    // A file that names the public index itself would send it the house's names without anybody's doing.
    const isAllOpen = names.every(isOpen);
    const asking = [`--index-url ${origins.open}\n`, `--index-url ${origins.open}\n--extra-index-url ${origins.house}\n`];
    const head = pick(random, ["", "", `--index-url ${origins.house}\n`, ...(isAllOpen ? asking : [])]);
    const annotated = random() < 0.5;
    const lines = names.map(
      (it) => `${it}==2.0.0 \\\n    --hash=sha256:${hashOf(it, origins)}\n${annotated ? `    # from ${homeOf(it, origins)}\n` : ""}`,
    );
    return { "r.txt": head + lines.join("") };
  },
};

const uvLock = ({ names, random, origins }: Draw) => {
  const entries = names.map((it) => {
    const home = homeOf(it, origins);
    const hash = random() < 0.9 ? `, hash = "sha256:${hashOf(it, origins)}"` : "";
    const url = `${new URL(home).origin}/files/${wheelOf(it)}`;
    return `[[package]]\nname = "${it}"\nversion = "2.0.0"\nsource = { registry = "${home}" }\nwheels = [{ url = "${url}"${hash} }]\n`;
  });
  const needs = names.map((it) => `    { name = "${it}" },`).join("\n");
  const meta = names.map((it) => `    { name = "${it}" },`).join("\n");
  return `version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n[[package]]\nname = "agent"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [\n${needs}\n]\n\n[package.metadata]\nrequires-dist = [\n${meta}\n]\n\n${entries.join("\n")}`;
};

const pylock = ({ names, random, origins }: Draw) => {
  const entries = names.map((it) => {
    const home = homeOf(it, origins);
    const index = random() < 0.7 ? `index = "${home}"\n` : "";
    return `[[packages]]\nname = "${it}"\nversion = "2.0.0"\n${index}wheels = [{ url = "${new URL(home).origin}/files/${wheelOf(it)}", hashes = { sha256 = "${hashOf(it, origins)}" } }]\n`;
  });
  return `lock-version = "1.0"\ncreated-by = "test"\n${entries.join("")}`;
};

const withFile =
  (words: readonly string[], files: (draw: Draw) => Record<string, string>): Form =>
  (draw) => ({ command: [...words, "-r", "r.txt"], files: files(draw) });
const fileForms = (words: readonly string[]): Record<string, Form> =>
  Object.fromEntries(Object.entries(pythonFiles).map(([name, files]) => [name, withFile(words, files)]));

const uvInstall = ["uv", "pip", "install", "--target", "site"];
const pipInstall = ["pip", "install", "--target", "site"];

const localProject =
  (words: readonly string[]): Form =>
  (draw) => ({
    command: [...words, "./local"],
    files: {
      "local/pyproject.toml": project(spelled(draw), '[build-system]\nrequires = ["open-00"]\nbuild-backend = "hatchling.build"\n'),
    },
  });

const npmProject: Form = ({ names, random, origins }) => {
  const [first = "", ...rest] = names;
  const split = random() < 0.5;
  const own = { dependencies: Object.fromEntries((split ? [first] : names).map((it) => [it, "*"])), workspaces: ["parts/*"] };
  const part = { name: "part", version: "1.0.0", dependencies: Object.fromEntries((split ? rest : []).map((it) => [it, "*"])) };
  const entry = (name: string) => [
    `node_modules/${name}`,
    { version: "2.0.0", resolved: `${new URL(homeOf(name, origins)).origin}/files/${name}-2.0.0.tgz`, integrity: "sha512-AA==" },
  ];
  const lock = { name: "agent", lockfileVersion: 3, packages: Object.fromEntries([["", own], ...names.map(entry)]) };
  const files = { "package.json": JSON.stringify(own), "parts/one/package.json": JSON.stringify(part) };
  return { command: ["npm", "install"], files: random() < 0.3 ? { ...files, "package-lock.json": JSON.stringify(lock) } : files };
};

const forms: Record<TestedTool, Record<string, Form>> = {
  uv: {
    ...fileForms(uvInstall),
    "names on the command line": (draw) => ({ command: [...uvInstall, ...spelled(draw)], files: {} }),
    "a local project": localProject(uvInstall),
    "sync of a project": (draw) => ({ command: ["uv", "sync"], files: { "pyproject.toml": project(spelled(draw)) } }),
    "sync of groups and extras": (draw) => {
      const [first = "", ...rest] = spelled(draw);
      const more = `[project.optional-dependencies]\nx = ${toml(rest.slice(0, 1))}\n[dependency-groups]\ndev = ${toml(rest.slice(1))}\n`;
      return { command: ["uv", "sync", "--all-groups"], files: { "pyproject.toml": project([first], more) } };
    },
    "sync of a lock": (draw) => ({ command: ["uv", "sync"], files: { "pyproject.toml": project(draw.names), "uv.lock": uvLock(draw) } }),
    "sync of a workspace": (draw) => {
      const [first = "", ...rest] = spelled(draw);
      const root = project([first, "part"], '[tool.uv.workspace]\nmembers = ["parts/*"]\n[tool.uv.sources]\npart = { workspace = true }\n');
      return {
        command: ["uv", "sync"],
        files: { "pyproject.toml": root, "parts/one/pyproject.toml": project(rest).replace("agent", "part") },
      };
    },
    "add to a project": (draw) => {
      const [first = "", ...rest] = spelled(draw);
      return { command: ["uv", "add", first], files: { "pyproject.toml": project(rest) } };
    },
    "pylock.toml": (draw) => ({
      command: ["uv", "pip", "sync", "--target", "site", "pylock.toml"],
      files: { "pylock.toml": pylock(draw) },
    }),
    compile: (draw) => ({ command: ["uv", "pip", "compile", "r.in"], files: { "r.in": spelled(draw).join("\n") } }),
    "run with": (draw) => ({
      command: ["uv", "run", "--no-project", ...draw.names.flatMap((it) => ["--with", it]), "python", "-c", "0"],
      files: {},
    }),
    "a script": (draw) => ({
      command: ["uv", "run", "s.py"],
      files: { "s.py": `# /// script\n# dependencies = ${toml(spelled(draw))}\n# ///\n` },
    }),
    "a tool": ({ names: [first = "", ...rest] }) => ({
      command: ["uvx", "--from", first, ...rest.flatMap((it) => ["--with", it]), "python", "-c", "0"],
      files: {},
    }),
    "what cannot be told": (draw) => ({
      command: pick(draw.random, [
        ["uv", "pip", "install", "--target", "site", "--made-up", ...draw.names],
        ["sh", "-c", `uv pip install --target site ${draw.names.join(" ")}`],
      ]),
      files: {},
    }),
  },
  pip: {
    ...fileForms(pipInstall),
    "names on the command line": (draw) => ({ command: [...pipInstall, ...spelled(draw)], files: {} }),
    "a local project": localProject(pipInstall),
  },
  npm: {
    "names on the command line": ({ names }) => ({ command: ["npm", "install", ...names], files: { "package.json": "{}" } }),
    "a project": npmProject,
    "npm ci": (draw) => ({ ...npmProject(draw), command: ["npm", "ci"] }),
  },
};
