/** The grammar of each language. */
import type { LanguageId } from "../source.ts";
import { javascript, tsx, typescript } from "./ecmascript/grammar.ts";
import { go } from "./go/grammar.ts";
import type { Grammar } from "./grammar.ts";
import { python } from "./python/grammar.ts";

export const grammars: Record<LanguageId, Grammar> = { typescript, tsx, javascript, python, go };
