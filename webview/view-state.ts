/** What a person chose in the Forest. VS Code keeps it over reloads; what another version left in another shape is forgotten. */
import * as z from "zod";
import { healths, rangeNames } from "../server/fleet/model/fleet-row.ts";

export const sorts = ["need", "name", "spend", "tokens", "errors", "latency", "findings", "heard"] as const;
export type Sort = (typeof sorts)[number];

/** Of rows that somebody opened or closed. */
const mostToggled = 500;

const viewStateSchema = z.object({
  search: z.string().max(1000),
  /** None means all. */
  healths: z.array(z.enum(healths)),
  /** Empty means any. */
  language: z.string(),
  owner: z.string(),
  rule: z.string(),
  sort: z.enum(sorts),
  byFolder: z.boolean(),
  range: z.enum(rangeNames),
  /** Whether a row is open, by key, where that is not as its health has it. */
  toggled: z.record(z.string(), z.boolean()),
  /** Groups whose green agents are shown. */
  greens: z.array(z.string()),
});
export type ViewState = z.infer<typeof viewStateSchema>;

/** The entry at the top of the screen, and how far it is from there, pixels; `null` at the very top. */
const placeSchema = z.nullable(z.object({ key: z.string(), top: z.number() }));
export type Place = z.infer<typeof placeSchema>;

const savedSchema = z.object({ state: viewStateSchema, place: placeSchema });
export type Saved = z.infer<typeof savedSchema>;

const unchanged: ViewState = {
  search: "",
  healths: [],
  language: "",
  owner: "",
  rule: "",
  sort: "need",
  byFolder: false,
  range: "15 min",
  toggled: {},
  greens: [],
};

export const restored = (saved: unknown): Saved => savedSchema.safeParse(saved).data ?? { state: unchanged, place: null };

/** Without filters. */
export const unfiltered = { search: "", healths: [], language: "", owner: "", rule: "" } satisfies Partial<ViewState>;

export const isFiltered = ({ search, healths, language, owner, rule }: ViewState): boolean =>
  search.trim() !== "" || healths.length > 0 || [language, owner, rule].some((it) => it !== "");

/** The latest last; the oldest are let go. */
export function withToggled({ toggled }: ViewState, key: string, isOpen: boolean | undefined): ViewState["toggled"] {
  const others = Object.entries(toggled).filter(([it]) => it !== key);
  return Object.fromEntries([...others, ...(isOpen === undefined ? [] : [[key, isOpen] as const])].slice(-mostToggled));
}

/** By what is filtered, sorted and grouped, in one text. */
export const choiceOf = ({ search, healths, language, owner, rule, sort, byFolder }: ViewState): string =>
  JSON.stringify([search, healths, language, owner, rule, sort, byFolder]);
