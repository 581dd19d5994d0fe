/** The classes and functions that construct a client of a model API, by the module that exports them. */

import { type Ecosystem, ecosystemOf, importedModules } from "./imported-modules.ts";
import { isAnyInCode } from "./languages/python/code.ts";
import type { LanguageId } from "./source.ts";

const openai = ["OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI", "Client", "AsyncClient"];
const anthropic = [
  "Anthropic",
  "AsyncAnthropic",
  "AnthropicBedrock",
  "AsyncAnthropicBedrock",
  "AnthropicVertex",
  "AsyncAnthropicVertex",
  "Client",
  "AsyncClient",
];

/** Module → exported names. Go modules without their major version. */
const constructors: Record<Ecosystem, Readonly<Record<string, readonly string[]>>> = {
  python: {
    openai,
    "openai.lib.azure": ["AzureOpenAI", "AsyncAzureOpenAI"],
    anthropic,
    google: ["genai.Client"],
    "google.genai": ["Client"],
  },
  npm: {
    openai: ["default", "OpenAI", "AzureOpenAI", "default.AzureOpenAI", "default.OpenAI"],
    "@anthropic-ai/sdk": ["default", "Anthropic", "default.Anthropic"],
    "@anthropic-ai/bedrock-sdk": ["default", "AnthropicBedrock"],
    "@anthropic-ai/vertex-sdk": ["default", "AnthropicVertex"],
    "@google/genai": ["GoogleGenAI"],
  },
  go: {
    "github.com/openai/openai-go": ["NewClient"],
    "github.com/anthropics/anthropic-sdk-go": ["NewClient"],
    "google.golang.org/genai": ["NewClient"],
  },
};

/** The exported names that construct a client, of a module as it is imported; none for other modules. */
export function clientConstructors(module: string, language: LanguageId): readonly string[] {
  const ecosystem = ecosystemOf[language];
  const known = constructors[ecosystem];
  const bare = ecosystem === "go" ? module.replace(/\/v\d+$/, "") : module;
  return Object.hasOwn(known, bare) ? (known[bare] ?? []) : [];
}

/** Whether a text may construct a client: it imports an SDK and has something that looks like a construction. Says yes too often, never no wrongly. */
export function mayConstructClient(text: string, language: LanguageId): boolean {
  const ecosystem = ecosystemOf[language];
  const isSdk = (module: string) => sdkModules[ecosystem].test(module) && (!module.startsWith("google.") || text.includes("genai"));
  return importedModules(text, language).some(isSdk) && constructs[ecosystem](text);
}

/** Modules as `importedModules` gives them; of names in brackets over several lines only those on the first are known. */
const sdkModules: Record<Ecosystem, RegExp> = {
  python: /^(?:openai|anthropic)\b|^google\.\w+$|^google(?:\.genai\b|$)/,
  npm: /^(?:openai|@anthropic-ai\/(?:sdk|bedrock-sdk|vertex-sdk)|@google\/genai)$/,
  go: /^(?:github\.com\/(?:openai\/openai-go|anthropics\/anthropic-sdk-go)|google\.golang\.org\/genai)(?:\/v\d+)?$/,
};

const constructs: Record<Ecosystem, (text: string) => boolean> = {
  python: constructsInPython,
  npm: (text) => /\bnew\s/.test(text),
  go: (text) => text.includes("NewClient"),
};

/** A call by a class's own name, or the class under another name. */
const pythonConstruction = /\b(?:Async)?(?:(?:Azure)?OpenAI|Anthropic(?:Bedrock|Vertex)?|Client)(?:[\s\\]*\(|\s+as\b)/g;

/** What the SDKs' modules are called where they are not renamed. */
const pythonModules = new Set(["openai", "azure", "anthropic", "genai"]);

function constructsInPython(text: string): boolean {
  const constructions = [...text.matchAll(pythonConstruction)].map(({ index }) => index);
  const calls = mayCallModule(text) ? [...text.matchAll(moduleCall)].map(({ index }) => index) : [];
  return isAnyInCode(text, [...constructions.filter((at) => mayBeOfSdk(text, at)), ...calls]);
}

/** What Python's `openai` offers without a client of one's own: the module keeps one. */
const resources = ["chat.completions", "completions", "embeddings", "responses", "ChatCompletion", "Completion", "Embedding"];
export const moduleMethods: readonly string[] = ["create", "acreate", "parse", "stream"];

/** Whether a dotted name of the module `openai` calls a model: `chat.completions.create`. */
export function callsModel(name: string): boolean {
  const end = name.lastIndexOf(".");
  return moduleMethods.includes(name.slice(end + 1)) && resources.includes(name.slice(0, end));
}

const moduleCall = new RegExp(
  `\\b(?:${resources.join("|").replaceAll(".", "\\s*\\.\\s*")})\\s*\\.\\s*(?:${moduleMethods.join("|")})\\b`,
  "g",
);

const mayCallModule = (text: string) => /\bimport[ \t]+openai\b(?!\.)/.test(text);

/** Whether the name at `at` stands alone, or after a module that may be an SDK's. */
function mayBeOfSdk(text: string, at: number): boolean {
  const module = /(\w+)[\s\\]*\.[\s\\]*$/.exec(text.slice(Math.max(0, at - 100), at))?.[1];
  return module === undefined || pythonModules.has(module) || new RegExp(`\\bas[\\s\\\\]+${module}\\b`).test(text);
}
