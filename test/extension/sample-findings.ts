/** What is wrong with the samples, planted by hand: the rule and the line it speaks of, by file. Other files are in order. */
export interface Planted {
  rule: string;
  /** The whole line, without its indentation. */
  line: string;
}

export const planted: Record<string, readonly Planted[]> = {
  "travel-concierge/concierge/main.py": [
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
  "invoice-extractor/src/index.ts": [{ rule: "untracked-client", line: "const client = new Anthropic();" }],
  "ledger-watch/cmd/ledger-watch/main.go": [{ rule: "untracked-client", line: "client := openai.NewClient()" }],
  "storefront-ui/src/app.tsx": [
    { rule: "missing-telemetry-prop", line: '<button type="button" onClick={() => setOpen(!open)}>' },
    { rule: "missing-surface-id", line: "<A2UIRenderer />" },
  ],
  "storefront-ui/src/order-panel.tsx": [
    { rule: "missing-surface-id", line: "<A2UIRenderer fallback={<p>Loading the order…</p>} />" },
    { rule: "missing-telemetry-prop", line: '<input name="note" />' },
  ],
  "research-desk/agents/writer/main.py": [
    { rule: "untracked-client", line: "client = genai.Client()" },
    { rule: "E701", line: 'if not notes.strip(): return "Nothing was found."' },
  ],
};
