/** What is wrong with the samples, planted by hand: the rule and the line it speaks of, by file. Other files are in order. */
export interface Planted {
  rule: string;
  /** The whole line, without its indentation. */
  line: string;
}

export const tools = "travel-concierge/concierge/tools.py";

export const planted: Record<string, readonly Planted[]> = {
  "travel-concierge/concierge/main.py": [
    { rule: "uncapped-client", line: "client = AsyncOpenAI()" },
    { rule: "untracked-client", line: "client = AsyncOpenAI()" },
    { rule: "E701", line: 'if not message.tool_calls: return message.content or ""' },
    { rule: "E702", line: 'question = " ".join(sys.argv[1:]); question = question.strip()' },
    { rule: "E701", line: 'if not question: sys.exit("usage: concierge QUESTION")' },
    { rule: "E701", line: 'if __name__ == "__main__": main()' },
  ],
  "travel-concierge/concierge/tools.py": [
    { rule: "E701", line: 'case "fare": return json.dumps({"fare": fare(**arguments)})' },
    { rule: "E701", line: 'case other: return json.dumps({"error": f"no tool named {other}"})' },
    { rule: "E703", line: "key = (origin.upper(), destination.upper());" },
    { rule: "E701", line: "try: return FARES[key]" },
    { rule: "E701", line: "except KeyError: return None  # the model is told that there is no fare" },
  ],
  "surface-server/messages.py": [
    { rule: "missing-surface-id", line: '{"dataModelUpdate": {"contents": [{"key": "total", "valueString": order["total"]}]}},' },
  ],
  "claims-triage/main.py": [{ rule: "uncapped-client", line: "client = genai.Client()" }],
  "surface-server/server.py": [{ rule: "uncapped-client", line: "client = OpenAI()" }],
  "support-router/src/index.ts": [{ rule: "uncapped-client", line: "const client = observeOpenAI(new OpenAI());" }],
  "catalog-search/main.go": [{ rule: "uncapped-client", line: "client := openai.NewClient(option.WithHTTPClient(traced))" }],
  "research-desk/agents/planner/main.py": [{ rule: "uncapped-client", line: "client = Anthropic()" }],
  "invoice-extractor/src/index.ts": [
    { rule: "uncapped-client", line: "const client = new Anthropic();" },
    { rule: "untracked-client", line: "const client = new Anthropic();" },
  ],
  "ledger-watch/cmd/ledger-watch/main.go": [
    { rule: "uncapped-client", line: "client := openai.NewClient()" },
    { rule: "untracked-client", line: "client := openai.NewClient()" },
  ],
  "storefront-ui/src/app.tsx": [
    { rule: "missing-telemetry-prop", line: '<button type="button" onClick={() => setOpen(!open)}>' },
    { rule: "missing-surface-id", line: "<A2UIRenderer />" },
  ],
  "storefront-ui/src/order-panel.tsx": [
    { rule: "missing-surface-id", line: "<A2UIRenderer fallback={<p>Loading the order…</p>} />" },
    { rule: "missing-telemetry-prop", line: '<input name="note" />' },
  ],
  "research-desk/agents/writer/main.py": [
    { rule: "uncapped-client", line: "client = genai.Client()" },
    { rule: "untracked-client", line: "client = genai.Client()" },
    { rule: "E701", line: 'if not notes.strip(): return "Nothing was found."' },
  ],
};

/** One finding of each kind of safe fix: its line, where on it the squiggle begins, and what the line becomes. */
export const repairs: readonly { file: string; rule: string; line: string; at: string; fixed: string }[] = [
  {
    file: tools,
    rule: "E701",
    line: 'case "fare": return json.dumps({"fare": fare(**arguments)})',
    at: ": return",
    fixed: 'case "fare":\n            return json.dumps({"fare": fare(**arguments)})',
  },
  {
    file: tools,
    rule: "E703",
    line: "key = (origin.upper(), destination.upper());",
    at: ";",
    fixed: "key = (origin.upper(), destination.upper())",
  },
  {
    file: "travel-concierge/concierge/main.py",
    rule: "E702",
    line: 'question = " ".join(sys.argv[1:]); question = question.strip()',
    at: "; question",
    fixed: 'question = " ".join(sys.argv[1:])\n    question = question.strip()',
  },
  {
    file: "storefront-ui/src/order-panel.tsx",
    rule: "missing-surface-id",
    line: "<A2UIRenderer fallback={<p>Loading the order…</p>} />",
    at: "A2UIRenderer",
    fixed: "<A2UIRenderer surfaceId={surfaceId} fallback={<p>Loading the order…</p>} />",
  },
  {
    file: "storefront-ui/src/app.tsx",
    rule: "missing-telemetry-prop",
    line: '<button type="button" onClick={() => setOpen(!open)}>',
    at: "button type",
    fixed: '<button data-telemetry-id="app-set-open-button" type="button" onClick={() => setOpen(!open)}>',
  },
];

/** The lines of tools.py from `match` on, repaired. */
export const fixedTools = `    match call.function.name:
        case "fare":
            return json.dumps({"fare": fare(**arguments)})
        case other:
            return json.dumps({"error": f"no tool named {other}"})


def fare(origin: str, destination: str) -> float | None:
    key = (origin.upper(), destination.upper())
    try:
        return FARES[key]
    except KeyError:
        return None  # the model is told that there is no fare
`.split("\n");
