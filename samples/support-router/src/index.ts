/** Decides which desk answers a support ticket. */
import { observeOpenAI } from "@langfuse/openai";
import OpenAI from "openai";

const desks = ["orders", "returns", "accounts", "people"] as const;
type Desk = (typeof desks)[number];

const client = observeOpenAI(new OpenAI());

export async function route(ticket: string): Promise<Desk> {
  const reply = await client.chat.completions.create({
    model: "gpt-4.1-nano",
    messages: [
      { role: "system", content: `Answer with one of: ${desks.join(", ")}.` },
      { role: "user", content: ticket },
    ],
  });
  const answer = reply.choices[0]?.message.content?.trim();
  return desks.find((it) => it === answer) ?? "people";
}

process.stdin.setEncoding("utf8");
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(await route(text));
