/** Python: an agent with one-liners among its statements. */
import { assemble, type TypedFile } from "./typed-file.ts";

const head = `"""Answers tickets of the order desk."""

import asyncio
import json
import logging

from openai import AsyncOpenAI

from .desk import Ticket, lookup, store

log = logging.getLogger(__name__)
`;

const pieces = [
  `class Desk#:
    """Answers each ticket at most once."""

    def __init__(self, region: str = "eu") -> None:
        self.client = AsyncOpenAI(timeout=20)
        self.region = region
        self.seen: set[str] = set()

    async def answer(self, ticket: Ticket) -> str | None:
        if ticket.id in self.seen: return None
        self.seen.add(ticket.id)
        messages = [
            {"role": "system", "content": f"You answer for region {self.region}: {', '.join(ticket.tags)}"},
            {"role": "user", "content": ticket.title},
        ]
        reply = await self.client.chat.completions.create(model="gpt-4.1-mini", messages=messages, temperature=0.#)
        text = reply.choices[0].message.content or ""
        await store(ticket.id, text); log.info("answered %s", ticket.id)
        return text
`,
  `def route_#(ticket: Ticket, hour: int) -> dict[str, str]:
    """Who answers: a person at night when it is urgent, else a model."""
    urgent = any(tag.lower() in {"urgent", "outage"} for tag in ticket.tags)
    if urgent and not 8 <= hour <= 18:
        return {"kind": "human", "queue": "night-#"}
    match lookup(ticket.tags, fallback="small"):
        case None: return {"kind": "human", "queue": "desk-#"}
        case {"deployment": str(name)}:
            return {"kind": "model", "deployment": name}
        case other:
            raise ValueError(f"no route for {other!r}")
`,
  `async def summarize_#(texts: list[str], limit: int = #) -> list[str]:
    results = []
    for i, text in enumerate(texts):
        if i >= limit:
            break
        try:
            reply = await asyncio.wait_for(ask(f"Summarise #: {text[:4000]}"), timeout=20)
            results.extend(part["text"] for part in json.loads(reply) if part.get("type") == "text")
        except (TimeoutError, json.JSONDecodeError) as error:
            log.warning("summary # failed: %s", error)
        finally:
            await asyncio.sleep(0)
    return [
        result.strip()
        for result in results
        if result and not result.startswith("#")
    ]
`,
];

export const pythonFile: TypedFile = {
  name: "desk.py",
  languageId: "python",
  text: assemble(head, pieces),
  typed: [
    { at: "        self.seen.add", text: '        if not ticket.tags: raise ValueError("none")\n' },
    { at: "    results = []", text: '    other = {"a": [AsyncOpenAI(), f"{limit}"]}; x = 1\n' },
    { at: "class Desk", text: '@wraps(f)\ndef g(a, *, b=(1, 2)): """Doc."""\n' },
    { at: "    urgent = any(", text: "    for tag in [t for t in ticket.tags if t]:\n        pass\n" },
    { at: "        case other:", text: "        case [a, *rest] if rest:\n            return {}\n" },
  ],
};
