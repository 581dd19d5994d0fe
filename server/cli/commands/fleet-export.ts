/** `cockpit fleet export`: the events of the lake as a file for other tools. */
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { FleetEvent } from "../../fleet/event.ts";
import { plural } from "../../fleet/model/plural.ts";
import type { CockpitConfig } from "../../protocol/config.ts";
import { writeParquet } from "../../telemetry/export/parquet.ts";
import { textFormats, textOf } from "../../telemetry/export/text.ts";
import { eventsSince } from "../../telemetry/lake/events-since.ts";
import { isOfLake } from "../../telemetry/lake/lake-file.ts";
import { openToRead, readProblem } from "../../telemetry/lake/open-to-read.ts";
import { cockpitFolder, lakeFileIn } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { exportToTable } from "../fleet/export-to-table.ts";
import { openSession, shownPath } from "../session.ts";
import { spanOf } from "../span.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  try {
    return await exportLake(flags, terminal);
  } catch (error) {
    const problem = readProblem(error);
    if (problem) throw new UsageError(problem);
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new UsageError(`not exported: ${error.message}`);
  }
}

async function exportLake(flags: Flags, terminal: Terminal): Promise<number> {
  const { target, isFile, config } = await openSession(flags);
  const lake = lakeFileIn(cockpitFolder(isFile ? dirname(target) : target));
  const database = openToRead(lake);
  if (!database) throw new UsageError(`${shownPath(lake)} is no lake yet; cockpit fleet watch begins one`);
  try {
    return await exportFrom(database, lake, config, flags, terminal);
  } finally {
    database.close();
  }
}

async function exportFrom(database: DatabaseSync, lake: string, config: CockpitConfig, flags: Flags, terminal: Terminal): Promise<number> {
  const span = flags.text("since");
  const since = span === undefined ? 0 : Date.now() - spanOf(span);
  const to = flags.text("to");
  if (to !== undefined) return await exportToTable({ to, database, since }, config.fleet, flags, terminal);
  const counted = counting(eventsSince(database, since, flags.text("id")), terminal);
  const output = flags.text("output");
  const wanted = flags.text("format") ?? formatByName(output);
  const format = textFormats.find((it) => it === wanted);
  if (output === undefined) return await print(counted.events, format, terminal);
  await refuseTaken(resolve(output), lake);
  await inOneStep(resolve(output), (file) =>
    format ? writeText(file, textOf(counted.events, format)) : writeParquet(file, counted.events),
  );
  if (!flags.on("quiet")) terminal.note(`cockpit: ${plural(counted.count(), "event")} in ${shownPath(resolve(output))}`);
  return 0;
}

/** `week.csv` is CSV. */
function formatByName(file = "") {
  const extension = extname(file).slice(1).toLowerCase();
  return extension === "csv" || extension === "parquet" ? extension : "ndjson";
}

async function print(events: Iterable<FleetEvent>, format: (typeof textFormats)[number] | undefined, terminal: Terminal): Promise<number> {
  if (!format) throw new UsageError("Parquet is no text for a terminal; name a file with --output");
  for (const text of textOf(events, format)) {
    if (terminal.signal.aborted) throw new UsageError("ended before the last event");
    await terminal.out(text);
    if (terminal.readerGone.aborted) break;
  }
  return 0;
}

function counting(all: Iterable<FleetEvent>, { signal, progress }: Terminal) {
  let count = 0;
  function* events() {
    for (const event of all) {
      if (signal.aborted) throw new UsageError("ended before the last event: nothing was written");
      if (++count % 1000 === 0) progress(`${count.toLocaleString("en")} events`);
      yield event;
    }
    progress("");
  }
  return { events: events(), count: () => count };
}

async function writeText(file: string, parts: Iterable<string>) {
  await using handle = await open(file, "wx");
  for (const part of parts) await handle.writeFile(part);
  await handle.sync();
}

/** The lake itself would be lost, and a pipe or a device become a file. */
async function refuseTaken(file: string, lake: string) {
  const found = await stat(file).catch(() => undefined);
  if (!found) return;
  if (!found.isFile()) throw new UsageError(`${shownPath(file)} is no file; name one with --output`);
  if (isOfLake(await realpath(file), await realpath(lake)))
    throw new UsageError(`${shownPath(file)} belongs to the lake itself; name another file with --output`);
}

/** Whoever reads the file meanwhile has the old one. */
async function inOneStep(file: string, write: (part: string) => Promise<void>) {
  const part = `${file}.${process.pid}.part`;
  try {
    await write(part);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
