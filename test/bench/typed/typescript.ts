/** TypeScript: clients, an agent around them, and types. */
import { assemble, type TypedFile } from "./typed-file.ts";

const head = `import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { AzureOpenAI } from "openai";
import * as z from "zod";
import { lookup, store, type Ticket } from "./desk";
`;

const pieces = [
  `const schema# = z.object({ id: z.string(), title: z.string().min(1), tags: z.array(z.string()).default([]) });

export class Desk# {
  readonly #client = new OpenAI({ timeout: 20_000 });
  private seen = new Set<string>();

  constructor(private readonly region: "eu" | "us" = "eu") {}

  /** Answers a ticket, at most once. */
  async answer(ticket: Ticket): Promise<string | undefined> {
    if (this.seen.has(ticket.id)) return undefined;
    this.seen.add(ticket.id);
    const { id, title, tags } = schema#.parse(ticket);
    const messages = [
      { role: "system" as const, content: \`You answer for region \${this.region}. Tags: \${tags.join(", ")}\` },
      { role: "user" as const, content: title },
    ];
    const reply = await this.#client.chat.completions.create({ model: "gpt-4.1-mini", messages, temperature: 0.# });
    await store(id, reply.choices[0]?.message.content ?? "");
    return reply.choices.at(0)?.message.content ?? undefined;
  }
}
`.replaceAll("#client", "client"),
  `export async function summarize#(texts: readonly string[], limit = #): Promise<string[]> {
  const client = new Anthropic();
  const results: string[] = [];
  for (const [i, text] of texts.entries()) {
    if (i >= limit) break;
    try {
      const { content } = await client.messages.create({
        model: "claude-sonnet-4-5",
        max_tokens: 512,
        messages: [{ role: "user", content: \`Summarise #: \${text.slice(0, 4000)}\` }],
      });
      for (const block of content) if (block.type === "text") results.push(block.text);
    } catch (error) {
      console.error("summary # failed", error instanceof Error ? error.message : error);
    }
  }
  return results;
}
`,
  `type Route# = { kind: "human"; queue: string } | { kind: "model"; deployment: string };

export function route#(ticket: Ticket, hour: number): Route# {
  const urgent = ticket.tags?.some((tag) => /^(urgent|outage)$/i.test(tag)) ?? false;
  if (urgent && (hour < 8 || hour > 18)) return { kind: "human", queue: "night-#" };
  const deployment = lookup(ticket.tags ?? [], { fallback: "small", region: "eu" });
  return deployment === undefined ? { kind: "human", queue: "desk-#" } : { kind: "model", deployment };
}

export const azure# = (endpoint: string) => new AzureOpenAI({ endpoint, apiVersion: "2025-04-01-preview" });
`,
];

export const typescriptFile: TypedFile = {
  name: "desk.ts",
  languageId: "typescript",
  text: assemble(head, pieces),
  typed: [
    { at: "this.seen.add", text: 'if (!ticket.tags) throw new Error("none");\n' },
    { at: "const results: string[]", text: "const other = new OpenAI({ apiKey: `k` });\n" },
    { at: "export class Desk", text: "/** A comment. */ type A = { [key: string]: B<C> };\n" },
    { at: "const urgent =", text: "for (const [i, it] of a.entries()) { go(i); }\n" },
    { at: "return deployment", text: "const f = async (x: number) => await x?.y[0];\n" },
  ],
};
