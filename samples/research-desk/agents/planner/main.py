"""Breaks a research question into searches."""

import json
import sys

from anthropic import Anthropic
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument()
client = Anthropic()


def plan(question: str) -> list[str]:
    reply = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=512,
        system="Answer with a JSON list of at most five search phrases.",
        messages=[{"role": "user", "content": question}],
    )
    return json.loads(reply.content[0].text)


if __name__ == "__main__":
    print("\n".join(plan(" ".join(sys.argv[1:]))))
