/** The lake's file for who only reads it, beside a watcher or without one. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { NewerLake, refuseNewer, versionOf, waitForOthers } from "./schema.ts";

/** Undefined where there is no lake yet: no file, or one whose tables nobody came to make. Throws where it cannot be read. */
export function openToRead(file: string): DatabaseSync | undefined {
  if (!existsSync(file)) return undefined;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    waitForOthers(database);
    const version = versionOf(database);
    refuseNewer(version);
    if (version > 0) return database;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

/** Why the lake could not be read, in a sentence for people; undefined where it is not the lake that failed. */
export function readProblem(error: unknown): string | undefined {
  const isLake = error instanceof NewerLake || (error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR");
  return isLake ? `the lake cannot be read: ${error.message}` : undefined;
}
