/**
 * Our audit beside the older Python tool's, once, on a copy of the sample fleet: time, memory, lines of output, and how many findings are true. Those verdicts
 * were given by reading each finding and the code it is about: agentops-verdicts.json. `npm run bench -- agentops`. Linux only.
 */
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { agentopsTools } from "../tools/python.ts";

const repository = join(import.meta.dirname, "../..");

/** By tool, by file and what it is said to have: is it so, and why. */
const verdictsSchema = z.record(z.string(), z.record(z.string(), z.strictObject({ true: z.boolean(), why: z.string() })));

interface Run {
  seconds: number;
  /** The most that the process and its children held at one time, MiB; what they share counts once. */
  peak: number;
  output: string;
  code: number | null;
}

/** Runs a command without network and with no variable of ours but those given. */
async function measure(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Run> {
  const started = performance.now();
  const child = spawn("unshare", ["--map-root-user", "--net", command, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let peak = 0;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
  const poll = setInterval(() => void memory(child.pid).then((it) => (peak = Math.max(peak, it))), 50);
  const code = await ended.finally(() => clearInterval(poll));
  return { seconds: (performance.now() - started) / 1000, peak: peak / 1024, output, code };
}

/** KiB that a process and its descendants hold now. */
async function memory(pid: number | string | undefined): Promise<number> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = (await Promise.all(threads.map((it) => read(`task/${it}/children`)))).join(" ").split(/\s+/).filter(Boolean);
  const own = Number(/^Pss:\s+(\d+)/m.exec(await read("smaps_rollup"))?.[1] ?? 0);
  return (await Promise.all(children.map(memory))).reduce((sum, it) => sum + it, own);
}

/** Every file below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}

/** What the reports that it writes into the fleet list as findings, each agent's once. */
async function agentopsFindings(fleet: string): Promise<string[]> {
  const reports = (await filesIn(fleet)).filter((it) => /evidence_lake\/[0-9a-f]{32}\/report\.md$/.test(it));
  const texts = await Promise.all(reports.map((it) => readFile(it, "utf8")));
  return texts.flatMap((text) => {
    const [, agent] = /^# .*\| (.*)$/m.exec(text) ?? [];
    const listed = text.matchAll(/^1\. \*\*(.*)\*\*\n\s+- .*Location: `(.*?)(?::\d+)?`$/gm);
    return [...listed].map(([, title, file = ""]) => `${agent}: ${file.startsWith("/") ? relative(fleet, file) : file}: ${title}`);
  });
}

const cockpitReport = z.object({
  agents: z.array(z.object({ findings: z.array(z.object({ rule: z.string(), file: z.string(), start: z.object({ line: z.number() }) })) })),
});

const cockpitFindings = (output: string) =>
  cockpitReport
    .parse(JSON.parse(output))
    .agents.flatMap((it) => it.findings.map(({ file, start, rule }) => `${file}:${start.line}: ${rule}`));

/** Findings with their verdicts; ones that nobody has read are named. */
async function judge(tool: string, findings: readonly string[]) {
  const verdicts =
    verdictsSchema.parse(JSON.parse(await readFile(join(import.meta.dirname, "agentops-verdicts.json"), "utf8")))[tool] ?? {};
  for (const it of findings) if (!verdicts[it]) console.log(`${tool}: no verdict on "${it}"`);
  return { findings: findings.length, true: findings.filter((it) => verdicts[it]?.true).length };
}

const lines = (text: string) => text.split("\n").filter((it) => it.trim() !== "").length;

async function compare(home: string) {
  const [theirs, mine] = [join(home, "theirs"), join(home, "mine")];
  for (const it of [theirs, mine]) await cp(join(repository, "samples"), it, { recursive: true });
  await mkdir(join(home, "home"));
  const before = (await filesIn(theirs)).length;
  await promisify(execFile)("npm", ["run", "--silent", "build"], { cwd: repository });
  const bin = await agentopsTools();
  // It cuts its findings where a line of the terminal ends: a wide one is fairer.
  const env = { COLUMNS: "500", HOME: join(home, "home"), TMPDIR: home, PATH: `${bin}:/usr/bin:/bin` };
  const older = await measure(join(bin, "agentops-cockpit"), ["audit", "report", "--workspace", "--plain", "--path", theirs], theirs, env);
  const cockpit = join(repository, "dist/cockpit.mjs");
  const audit = (...more: string[]) => measure(process.execPath, [cockpit, "audit", "--no-cache", "--target", mine, ...more], mine, env);
  const ours = await audit();
  const json = await audit("--quiet", "--format", "json");
  const row = ({ seconds, peak, output }: Run) => ({
    s: +seconds.toFixed(2),
    "peak MiB": Math.round(peak),
    "lines of output": lines(output),
  });
  console.table({
    "agentops-cockpit 2.0.35": {
      ...row(older),
      ...(await judge("agentops-cockpit", await agentopsFindings(theirs))),
      "files written into the fleet": (await filesIn(theirs)).length - before,
    },
    "cockpit audit": {
      ...row(ours),
      ...(await judge("cockpit", cockpitFindings(json.output))),
      "files written into the fleet": (await filesIn(mine)).length - before,
    },
  });
}

const home = await mkdtemp(join(tmpdir(), "agentops-"));
try {
  await compare(home);
} finally {
  await rm(home, { recursive: true });
}
