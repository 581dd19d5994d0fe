/** ruff, to judge single texts in this process. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { npmTool } from "./npm.ts";

/** The part of `@astral-sh/ruff-wasm-nodejs` that is used here. */
interface RuffModule {
  Workspace: new (settings: unknown, positions: number) => { check(text: string): unknown };
}

const utf16 = 1;
const report = z.array(z.object({ code: z.string().nullable(), start_location: z.object({ row: z.number(), column: z.number() }) }));

/** A function from a text to what these rules say of it, `row:column code`, both from 1, in UTF-16 units; throws on a text that ruff cannot parse. */
export async function ruffJudge(codes: readonly string[]): Promise<(text: string) => string[]> {
  const home = await npmTool("@astral-sh/ruff-wasm-nodejs", "0.17.4");
  const { Workspace }: RuffModule = await import(pathToFileURL(join(home, "ruff_wasm.js")).href);
  const workspace = new Workspace({ lint: { select: codes }, "target-version": "py314" }, utf16);
  return (text) =>
    report.parse(workspace.check(text)).map(({ code, start_location: { row, column } }) => {
      if (code === null || code === "invalid-syntax") throw new Error(`ruff cannot parse line ${row}, column ${column}`);
      return `${row}:${column} ${code}`;
    });
}
