/** The classes and functions that construct a client of a model API, by the module that exports them. */
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
const constructors: Record<"python" | "npm" | "go", Readonly<Record<string, readonly string[]>>> = {
  python: { openai, anthropic, google: ["genai.Client"], "google.genai": ["Client"] },
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

const ecosystems = { python: "python", go: "go", typescript: "npm", tsx: "npm", javascript: "npm" } as const;

/** The exported names that construct a client, of a module as it is imported; none for other modules. */
export function clientConstructors(module: string, language: LanguageId): readonly string[] {
  const ecosystem = ecosystems[language];
  const known = constructors[ecosystem];
  const bare = ecosystem === "go" ? module.replace(/\/v\d+$/, "") : module;
  return Object.hasOwn(known, bare) ? (known[bare] ?? []) : [];
}

/** Whether a text may construct a client: it imports an SDK and has something that looks like a construction. Says yes too often, never no wrongly. */
export function mayConstructClient(text: string, language: LanguageId): boolean {
  const ecosystem = ecosystems[language];
  if (ecosystem === "python") return /openai|anthropic|genai/.test(text) && pythonImport.test(text) && constructsInPython(text);
  if (ecosystem === "go") return text.includes("NewClient") && goImport.test(text);
  return npmImport.test(text) && /\bnew\s/.test(text);
}

const pythonImport =
  /^[ \t]*(?:from[ \t]+(?:openai|anthropic|google(?:\.genai)?)[ \t\\]+(?:\r?\n[ \t]*)?import\b|import[ \t][^\n]*\b(?:openai|anthropic|genai)\b)/m;
/** A call by a class's own name, or a class under another name; what it is an attribute of. */
const pythonConstruction =
  /(?:\b(\w+)[\s\\]*\.[\s\\]*)?\b(?:Async)?(?:(?:Azure)?OpenAI|Anthropic(?:Bedrock|Vertex)?|Client)(?:[\s\\]*\(|\s+as\b)/g;

/** Many a library calls a class `Client`: `storage.Client(` is not meant unless `storage` is another name for an SDK. */
function constructsInPython(text: string): boolean {
  return text
    .matchAll(pythonConstruction)
    .some(
      ([, owner]) => owner === undefined || /^(?:openai|anthropic|genai)$/.test(owner) || new RegExp(`\\bas\\s+${owner}\\b`).test(text),
    );
}

const goImport = /["`](?:github\.com\/(?:openai\/openai-go|anthropics\/anthropic-sdk-go)|google\.golang\.org\/genai)(?:\/v\d+)?["`]/;
/** A comment may tell a bundler about the module that follows. */
const npmImport =
  /(?:from|import|require)\s*\(?\s*(?:\/\*[^*]*\*\/\s*)?["'`](?:openai|@anthropic-ai\/(?:sdk|bedrock-sdk|vertex-sdk)|@google\/genai)["'`]/;
