/**
 * The stream's own time: the newest event time, unless that is out of all proportion. One sender whose clock is wrong must not make every other agent look silent;
 * a stream that really is elsewhere in time (resumed after days, replayed from the start) is believed after a few events in a row.
 */
export interface Clock {
  /** ms; 0 before the first event. */
  now: number;
  /** Usual distance of the stream's steps, ms. */
  gap: number;
  /** Events in a row that were far ahead, and far behind. */
  ahead: number;
  behind: number;
  /** When the stream last began anew after nothing was heard from anybody, or could be. */
  resumed: number;
  /** Counts how often the stream turned out to be elsewhere in time. */
  epoch: number;
  /** How far events are behind the ticks at least, ms; undefined before a tick. */
  lag: number | null;
}

export const createClock = (): Clock => ({ now: 0, gap: 0, ahead: 0, behind: 0, resumed: 0, epoch: 0, lag: null });

const day = 86_400_000;
const enoughAhead = 5;
const enoughBehind = 50;

/** Moves the clock; `stray` when the event is so far from now that nothing should be learnt from it. */
export function admit(clock: Clock, time: number): "usual" | "stray" | "moved" {
  if (clock.now === 0) return restart(clock, time);
  const step = time - clock.now;
  const far = Math.max(day, 20 * clock.gap);
  if (step > far) return ++clock.ahead >= enoughAhead ? restart(clock, time) : "stray";
  if (step < -far) return ++clock.behind >= enoughBehind ? restart(clock, time) : "stray";
  clock.ahead = 0;
  clock.behind = 0;
  if (step > 0) advance(clock, time, step);
  return "usual";
}

/** What a clock says that is not the stream's; events are as far behind it as they usually are. */
export function tickTo(clock: Clock, time: number): void {
  const behind = time - clock.now;
  clock.lag = Math.max(0, clock.lag === null ? behind : Math.min(behind, clock.lag));
  clock.now = Math.max(clock.now, time - clock.lag);
}

/** The same after a time in which nothing could be heard: how far events are behind does not show then. */
export function resumeAt(clock: Clock, time: number): void {
  if (clock.lag !== null) tickTo(clock, time);
  clock.resumed = Math.max(clock.now, time - (clock.lag ?? 0));
}

function advance(clock: Clock, time: number, step: number) {
  if (clock.lag === null && step > Math.max(15 * 60_000, 10 * clock.gap)) clock.resumed = time;
  clock.gap = Math.max(step, clock.gap * 0.999);
  clock.now = time;
}

function restart(clock: Clock, time: number) {
  const first = clock.now === 0;
  Object.assign(clock, { now: time, resumed: time, epoch: clock.epoch + 1, ahead: 0, behind: 0 });
  return first ? "usual" : "moved";
}
