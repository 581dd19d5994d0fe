"""Asks both models in every way, or, with `serve`, once for each line of standard input."""

import asyncio
import sys

import openai
from google import genai

client = openai.OpenAI(max_retries=0)
later = openai.AsyncOpenAI(max_retries=0)
gemini = genai.Client(http_options={"api_version": "v1beta"})


def ask(text: str) -> str:
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}])
    return answer.choices[0].message.content or ""


def stream(text: str) -> str:
    parts = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], stream=True)
    return "".join(part.choices[0].delta.content or "" for part in parts)


async def ask_later(text: str) -> str:
    answer = await later.responses.create(model="gpt-4o-mini", input=text)
    return answer.output_text


def every_way() -> None:
    print(ask("hello"))
    print(stream("hello"))
    print(asyncio.run(ask_later("responses")))
    print(gemini.models.generate_content(model="gemini-2.0-flash", contents="gemini").text)
    print("".join(part.text or "" for part in gemini.models.generate_content_stream(model="gemini-2.0-flash", contents="gemini")))
    try:
        ask("too many")
    except openai.RateLimitError as error:
        print(type(error).__name__)


def serve() -> None:
    for line in sys.stdin:
        try:
            print(ask(line.strip()), flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)


serve() if "serve" in sys.argv else every_way()
