/** The extension host's pauses as `host-probe.ts` has noted them, and how much of each was our extension's doing. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

export interface Pause {
  /** Microseconds, by the monotonic clock of the machine. */
  end: number;
  /** Milliseconds by the clock, of the thread's processor time, and those of them in which our extension's code was on the stack. */
  wall: number;
  cpu: number;
  ours: number;
  /** What ran the longest in it. */
  where: string;
}

export interface Phase {
  name: string;
  /** Microseconds, as a pause's `end`. */
  from: number;
}

/** Milliseconds of processor time that a pause was of our making: neither what waited for a core nor what other extensions did. */
export const workIn = ({ cpu, ours }: Pause): number => Math.min(cpu, ours);

/** The longest ones in each phase, and what ran in the `detailed` longest. The last phase only ends the one before. */
export function reportPauses(phases: readonly Phase[], pauses: readonly Pause[], detailed: number): void {
  const rows = phases.slice(0, -1).map(({ name, from }, at) => {
    const own = pauses.filter(({ end }) => end > from && end <= (phases[at + 1]?.from ?? 0));
    const most = (of: (it: Pause) => number) => Number(Math.max(0, ...own.map(of)).toFixed(1));
    const long = own.filter((it) => workIn(it) > 20).length;
    return {
      phase: name,
      "by the clock": most((it) => it.wall),
      "processor time": most((it) => it.cpu),
      ours: most(workIn),
      "ours > 20": long,
    };
  });
  console.log("Longest pauses of the extension host, ms:");
  console.table(rows);
  for (const it of [...pauses].sort((a, b) => workIn(b) - workIn(a)).slice(0, detailed)) {
    const phase = phases.findLast(({ from }) => from < it.end)?.name;
    console.log(`${it.wall.toFixed(1)} ms, ${it.cpu.toFixed(1)} of processor time, ${it.ours.toFixed(1)} ours: ${phase}\n    ${it.where}`);
  }
}

const noted = z.object({ end: z.number(), wall: z.number(), cpu: z.number() });

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number(), columnNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.infer<typeof profileSchema>;

/** Ends the profile, too. */
export async function readPauses(file: string): Promise<Pause[]> {
  await writeFile(`${file}.stop`, "");
  const profileFile = `${file}.cpuprofile`;
  for (let turn = 0; turn < 600 && !existsSync(profileFile); turn++) await sleep(100);
  await sleep(500);
  const profile = profileSchema.parse(JSON.parse(await readFile(profileFile, "utf8")));
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n").filter((it) => it !== "");
  const during = samplesOf(profile);
  return lines
    .map((it) => noted.parse(JSON.parse(it)))
    .map(({ end, wall, cpu }) => ({ end, wall: wall / 1000, cpu: cpu / 1000, ...during(end - wall, end) }));
}

/** What was on the stack between two moments. */
function samplesOf({ nodes, startTime, samples, timeDeltas }: Profile) {
  const byId = new Map(nodes.map((it) => [it.id, it]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const times: number[] = [];
  let time = startTime;
  for (const delta of timeDeltas) {
    time += delta;
    times.push(time);
  }

  const stackOf = (id: number) => {
    const stack: Profile["nodes"][number]["callFrame"][] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = byId.get(at);
      if (node) stack.push(node.callFrame);
    }
    return stack;
  };

  return (from: number, to: number): Pick<Pause, "ours" | "where"> => {
    let ours = 0;
    const spent = new Map<string, number>();
    for (let at = 0; at < samples.length; at++) {
      const until = times[at + 1] ?? to;
      if (until < from || (times[at] ?? 0) > to) continue;
      const ms = (Math.min(until, to) - Math.max(times[at] ?? 0, from)) / 1000;
      const stack = stackOf(samples[at] ?? 0);
      const mine = stack.filter(({ url }) => isOurs(url));
      if (mine.length > 0) ours += ms;
      const place = (mine.length > 0 ? mine : stack)
        .slice(0, 6)
        .map(({ functionName, url, lineNumber }) => `${functionName || "?"}@${url.split("/").at(-1)}:${lineNumber + 1}`);
      const name = place.join(" < ");
      spent.set(name, (spent.get(name) ?? 0) + ms);
    }
    const longest = [...spent].sort(([, a], [, b]) => b - a).slice(0, 3);
    return { ours, where: longest.map(([name, ms]) => `${ms.toFixed(1)} ms ${name}`).join("\n    ") };
  };
}

const isOurs = (url: string) => /agentops-cockpit\.agentops-cockpit-[^/]*\/dist\//.test(url);
