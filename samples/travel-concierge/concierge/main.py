"""Answers a traveller's question with at most three model calls."""

import asyncio
import sys

from openai import AsyncOpenAI

from concierge.tools import TOOLS, call_tool

client = AsyncOpenAI()

SYSTEM = "You plan trips. Ask before you book. Prices are in euros."


async def answer(question: str) -> str:
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    for _ in range(3):
        reply = await client.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=TOOLS)
        message = reply.choices[0].message
        if not message.tool_calls: return message.content or ""
        messages.append(message)
        for call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": await call_tool(call)})
    return "I could not finish planning; please narrow the question."


def main() -> None:
    question = " ".join(sys.argv[1:]); question = question.strip()
    if not question: sys.exit("usage: concierge QUESTION")
    print(asyncio.run(answer(question)))


if __name__ == "__main__": main()
