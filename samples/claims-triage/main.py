"""Sorts insurance claims by how soon a person has to look at them."""

import sys

from google import genai

from triage import telemetry

telemetry.start()
client = genai.Client()

PROMPT = "Answer with one word, urgent or routine, for this claim:\n\n"


def triage(claim: str) -> str:
    reply = client.models.generate_content(model="gemini-2.5-flash", contents=PROMPT + claim)
    return "urgent" if "urgent" in (reply.text or "").lower() else "routine"


if __name__ == "__main__":
    print(triage(sys.stdin.read()))
