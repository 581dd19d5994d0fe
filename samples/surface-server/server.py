"""Serves the order desk: one question in, one surface out."""

from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor

from messages import open_order

OpenAIInstrumentor().instrument()
client = OpenAI()


def show(order: dict) -> list[dict]:
    summary = client.responses.create(model="gpt-4.1-mini", input=f"One sentence about this order: {order}")
    return open_order({**order, "summary": summary.output_text})
