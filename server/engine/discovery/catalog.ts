/**
 * The model SDKs, agent frameworks and agent protocols that the cockpit knows, by the modules that code imports them by. A module stands for its
 * submodules and subpaths too.
 */

export interface CatalogEntry {
  name: string;
  /** `sdk`: calls a model's API. `framework`: runs agents. `protocol`: serves or renders agents to others. */
  kind: "sdk" | "framework" | "protocol";
  python?: readonly string[];
  npm?: readonly string[];
  go?: readonly string[];
}

export const catalog: readonly CatalogEntry[] = [
  { name: "A2A", kind: "protocol", python: ["a2a"], npm: ["@a2a-js/sdk"], go: ["github.com/a2aproject/a2a-go"] },
  { name: "A2UI", kind: "protocol", python: ["a2ui"], npm: ["@a2ui/react", "@a2ui/lit", "@a2ui/angular", "@a2ui/web_core"] },
  { name: "ADK", kind: "framework", python: ["google.adk"], npm: ["@google/adk"], go: ["google.golang.org/adk"] },
  { name: "AG-UI", kind: "protocol", python: ["ag_ui"], npm: ["@ag-ui/client", "@ag-ui/core", "@ag-ui/encoder"] },
  { name: "AI SDK", kind: "framework", npm: ["ai", "@ai-sdk"] },
  { name: "AG2", kind: "framework", python: ["ag2"] },
  { name: "AgentScope", kind: "framework", python: ["agentscope"] },
  { name: "Agno", kind: "framework", python: ["agno"] },
  { name: "Anthropic", kind: "sdk", python: ["anthropic"], npm: ["@anthropic-ai/sdk"], go: ["github.com/anthropics/anthropic-sdk-go"] },
  { name: "assistant-ui", kind: "protocol", npm: ["@assistant-ui"] },
  { name: "AutoGen", kind: "framework", python: ["autogen", "autogen_agentchat", "autogen_core", "autogen_ext"] },
  { name: "Bedrock", kind: "sdk", npm: ["@aws-sdk/client-bedrock-runtime"], go: ["github.com/aws/aws-sdk-go-v2/service/bedrockruntime"] },
  { name: "browser-use", kind: "framework", python: ["browser_use"] },
  { name: "CAMEL", kind: "framework", python: ["camel"] },
  { name: "Claude Agent SDK", kind: "framework", python: ["claude_agent_sdk"], npm: ["@anthropic-ai/claude-agent-sdk"] },
  { name: "Cohere", kind: "sdk", python: ["cohere"], npm: ["cohere-ai"] },
  { name: "CopilotKit", kind: "protocol", python: ["copilotkit"], npm: ["@copilotkit", "@copilotkitnext"] },
  { name: "CrewAI", kind: "framework", python: ["crewai", "crewai_tools"] },
  { name: "DSPy", kind: "framework", python: ["dspy"] },
  { name: "Eino", kind: "framework", go: ["github.com/cloudwego/eino", "github.com/cloudwego/eino-ext"] },
  { name: "Genkit", kind: "framework", python: ["genkit"], npm: ["genkit", "@genkit-ai"], go: ["github.com/firebase/genkit/go"] },
  {
    name: "Google GenAI",
    kind: "sdk",
    python: ["google.genai", "google.generativeai"],
    npm: ["@google/genai", "@google/generative-ai"],
    go: ["google.golang.org/genai"],
  },
  { name: "Griptape", kind: "framework", python: ["griptape"] },
  { name: "Groq", kind: "sdk", python: ["groq"], npm: ["groq-sdk"] },
  { name: "Haystack", kind: "framework", python: ["haystack"] },
  {
    name: "LangChain",
    kind: "framework",
    python: ["langchain", "langchain_core", "langchain_community", "langchain_openai", "langchain_anthropic", "langchain_google_genai"],
    npm: ["langchain", "@langchain"],
    go: ["github.com/tmc/langchaingo"],
  },
  {
    name: "LangGraph",
    kind: "framework",
    python: ["langgraph", "langgraph_sdk"],
    npm: ["@langchain/langgraph", "@langchain/langgraph-sdk"],
  },
  { name: "LiteLLM", kind: "sdk", python: ["litellm"] },
  { name: "LlamaIndex", kind: "framework", python: ["llama_index"], npm: ["llamaindex", "@llamaindex"] },
  { name: "Mastra", kind: "framework", npm: ["@mastra"] },
  {
    name: "MCP",
    kind: "protocol",
    python: ["mcp", "fastmcp"],
    npm: ["@modelcontextprotocol/sdk"],
    go: ["github.com/mark3labs/mcp-go", "github.com/modelcontextprotocol/go-sdk"],
  },
  { name: "Mistral", kind: "sdk", python: ["mistralai"], npm: ["@mistralai/mistralai"] },
  { name: "Ollama", kind: "sdk", python: ["ollama"], npm: ["ollama"], go: ["github.com/ollama/ollama/api"] },
  {
    name: "OpenAI",
    kind: "sdk",
    python: ["openai"],
    npm: ["openai"],
    go: ["github.com/openai/openai-go", "github.com/sashabaranov/go-openai"],
  },
  { name: "OpenAI Agents", kind: "framework", python: ["agents"], npm: ["@openai/agents", "@openai/agents-core"] },
  { name: "Pydantic AI", kind: "framework", python: ["pydantic_ai"] },
  { name: "Semantic Kernel", kind: "framework", python: ["semantic_kernel"] },
  { name: "smolagents", kind: "framework", python: ["smolagents"] },
  { name: "Strands", kind: "framework", python: ["strands"], npm: ["@strands-agents/sdk"] },
  { name: "Vertex AI", kind: "sdk", python: ["vertexai"], npm: ["@google-cloud/vertexai"] },
  { name: "VoltAgent", kind: "framework", npm: ["@voltagent"] },
];
