/** Reads invoices from standard input and prints what they say as JSON. */
import Anthropic from "@anthropic-ai/sdk";
import { invoice, type Invoice } from "./invoice.ts";

const client = new Anthropic();

export async function extract(text: string): Promise<Invoice> {
  const reply = await client.messages.create({
    model: "claude-sonnet-4-5",
    max_tokens: 1024,
    system: "Answer with JSON only: number, date (ISO 8601), currency, total.",
    messages: [{ role: "user", content: text }],
  });
  const [block] = reply.content;
  if (block?.type !== "text") throw new Error("the model answered without text");
  return invoice.parse(JSON.parse(block.text));
}

process.stdin.setEncoding("utf8");
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(await extract(text), null, 2));
