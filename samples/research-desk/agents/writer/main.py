"""Turns notes into one page."""

import sys

from google import genai

client = genai.Client()


def write(notes: str) -> str:
    if not notes.strip(): return "Nothing was found."
    reply = client.models.generate_content(model="gemini-2.5-pro", contents=f"Write one page from these notes:\n{notes}")
    return reply.text or ""


if __name__ == "__main__":
    print(write(sys.stdin.read()))
