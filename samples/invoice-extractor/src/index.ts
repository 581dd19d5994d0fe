/** Reads invoices from standard input and prints what they say as JSON. */
import Anthropic from "@anthropic-ai/sdk";
import { invoice, type Invoice, mistakes } from "./invoice.ts";

const client = new Anthropic();

export async function extract(text: string): Promise<Invoice> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: text }];
  // Until the answer is right.
  for (;;) {
    const answer = await ask(messages);
    const read = invoice.safeParse(JSON.parse(answer));
    if (read.success) return read.data;
    const again = `${mistakes(read.error)} Read it once more:\n\n${text}`;
    messages.push({ role: "assistant", content: answer }, { role: "user", content: again });
  }
}

async function ask(messages: Anthropic.MessageParam[]): Promise<string> {
  const reply = await client.messages.create({
    model: "claude-sonnet-4-5",
    max_tokens: 1024,
    system: "Answer with JSON only: number, date (ISO 8601), currency, total.",
    messages,
  });
  const [block] = reply.content;
  if (block?.type !== "text") throw new Error("the model answered without text");
  return block.text;
}

process.stdin.setEncoding("utf8");
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(await extract(text), null, 2));
