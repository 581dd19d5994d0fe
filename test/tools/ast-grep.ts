/** ast-grep, to compare with. */
import { join } from "node:path";
import { npmTool } from "./npm.ts";

/** Absolute path of the executable. */
export const astGrep = async () => join(await npmTool("@ast-grep/cli", "0.51.1"), "ast-grep");
