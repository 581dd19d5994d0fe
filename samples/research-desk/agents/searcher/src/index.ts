/** Runs the planner's searches and keeps what is worth reading. */
import { openai } from "@ai-sdk/openai";
import { note, type Note } from "@research-desk/notes";
import { generateText } from "ai";

export async function search(phrase: string): Promise<Note> {
  const { text, sources } = await generateText({
    model: openai("gpt-4.1-mini"),
    prompt: `Find and summarise in five lines: ${phrase}`,
    experimental_telemetry: { isEnabled: true, functionId: "search" },
  });
  return note(phrase, text, sources.length);
}

const found = await search(process.argv.slice(2).join(" "));
console.log(`${found.phrase}: ${found.text}`);
