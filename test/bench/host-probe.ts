/**
 * An extension that notes when the extension host was busy: every pause of its event loop, by the clock and in processor time of its thread, and its heap. With a CPU profile, written when it is
 * asked for, to say whose pauses they were.
 */
import { appendFile, existsSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";

/** A line of what it writes. Microseconds; `end` by the clock that the profile has too. */
export interface Noted {
  end: number;
  wall: number;
  cpu: number;
}

const everyMs = 2;
const shortestMs = 8;

export function activate(): void {
  const { COCKPIT_PAUSES: file } = process.env;
  if (file === undefined) return;
  const profile = startProfile(file);
  let noted: Noted[] = [];
  let [before, spent] = [now(), cpu()];
  setInterval(() => {
    const [end, total] = [now(), cpu()];
    const wall = end - before - everyMs * 1000;
    if (wall > shortestMs * 1000) noted.push({ end, wall, cpu: total - spent });
    [before, spent] = [end, total];
  }, everyMs);
  setInterval(() => {
    const text = noted.map((it) => `${JSON.stringify(it)}\n`).join("");
    noted = [];
    if (text !== "") appendFile(file, text, () => {});
    if (existsSync(`${file}.stop`)) profile.stop();
  }, 250);
}

const now = () => Number(process.hrtime.bigint() / 1000n);

function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function startProfile(file: string) {
  const session = new Session();
  let isOver = false;
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: 500 });
  session.post("Profiler.start");
  return {
    stop() {
      if (isOver) return;
      isOver = true;
      session.post("Profiler.stop", (_, { profile }) => writeFileSync(`${file}.cpuprofile`, JSON.stringify(profile)));
    },
  };
}
