/** The files that are typed in, one of each language. */
import { goFile } from "./typed/go.ts";
import { pythonFile } from "./typed/python.ts";
import { tsxFile } from "./typed/tsx.ts";
import type { TypedFile } from "./typed/typed-file.ts";
import { typescriptFile } from "./typed/typescript.ts";

export const typedFiles: readonly TypedFile[] = [tsxFile, typescriptFile, pythonFile, goFile];
