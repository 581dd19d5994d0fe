/** Files of 2,000 lines to type in: pieces of agent code, numbered so that no two are the same, with findings among them. */

export interface TypedFile {
  name: string;
  languageId: string;
  text: string;
  /** Written character by character and taken back again, each at the start of a line that holds `at`. */
  typed: { at: string; text: string }[];
}

const lines = 2000;

/** `head`, then pieces with `#` replaced by their number, until the file is long enough. */
function assemble(head: string, pieces: readonly string[]): string {
  let text = head;
  for (let n = 1; text.split("\n").length <= lines; n++) text += `\n${(pieces[n % pieces.length] ?? "").replaceAll("#", String(n))}`;
  return text;
}

const tsxHead = `import { A2UIRenderer } from "@a2ui/react";
import { useChat } from "@ai-sdk/react";
import { useCallback, useMemo, useState } from "react";
import { api, type Order } from "./api";
`;

const tsxPieces = [
  `interface Panel#Props {
  surfaceId: string;
  orders: readonly Order[];
  onClose?: () => void;
}

/** Lists the orders of one desk. */
export function Panel#({ surfaceId, orders, onClose }: Panel#Props) {
  const [filter, setFilter] = useState("");
  const shown = useMemo(() => orders.filter((it) => it.title.includes(filter)), [orders, filter]);
  return (
    <section aria-label="Orders #" className={shown.length > 0 ? "full" : "empty"}>
      <input name="filter" value={filter} onChange={(event) => setFilter(event.target.value)} />
      <ul>
        {shown.map((order) => (
          <li key={order.id}>
            {order.title}: {order.total.toFixed(2)} {order.paid ? "paid" : \`due \${order.due}\`}
          </li>
        ))}
      </ul>
      <A2UIRenderer fallback={<p>Loading the orders…</p>} />
      <button type="button" data-telemetry-id="panel-#-close" onClick={onClose}>
        Close
      </button>
    </section>
  );
}
`,
  `export function Composer#() {
  const { messages, sendMessage, stop, status } = useChat({ id: "composer-#" });
  const [draft, setDraft] = useState("");
  const send = useCallback(async () => {
    if (draft.trim() === "" || status === "streaming") return;
    await sendMessage({ text: draft, metadata: { at: "#" } });
    setDraft("");
  }, [draft, sendMessage, status]);
  return (
    <form onSubmit={send}>
      {messages.map((message) => (
        <article key={message.id} data-role={message.role}>
          {message.parts.map((part) => (part.type === "text" ? <p key={part.text}>{part.text}</p> : null))}
        </article>
      ))}
      <textarea name="draft" value={draft} onChange={(event) => setDraft(event.target.value)} />
      <button type="submit" data-telemetry-id="composer-#-send">Send</button>
      {status === "streaming" && <button onClick={() => stop()}>Stop</button>}
    </form>
  );
}
`,
  `/** Totals by currency, rounded as the bank rounds them. */
export async function totals#(ids: readonly string[]): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const id of ids) {
    const order = await api.order(id);
    if (order === undefined) continue;
    switch (order.currency) {
      case "EUR":
      case "USD":
        sums.set(order.currency, (sums.get(order.currency) ?? 0) + order.total * 100);
        break;
      default:
        throw new Error(\`no rate for \${order.currency} in #\`);
    }
  }
  return new Map([...sums].map(([currency, cents]) => [currency, Math.round(cents) / 100]));
}
`,
];

const tsHead = `import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { AzureOpenAI } from "openai";
import { z } from "zod";
import { lookup, store, type Ticket } from "./desk";
`;

const tsPieces = [
  `const schema# = z.object({ id: z.string(), title: z.string().min(1), tags: z.array(z.string()).default([]) });

export class Desk# {
  readonly #client = new OpenAI({ timeout: 20_000 });
  private seen = new Set<string>();

  constructor(private readonly region: "eu" | "us" = "eu") {}

  /** Answers a ticket, at most once. */
  async answer(ticket: Ticket): Promise<string | undefined> {
    if (this.seen.has(ticket.id)) return undefined;
    this.seen.add(ticket.id);
    const { id, title, tags } = schema#.parse(ticket);
    const messages = [
      { role: "system" as const, content: \`You answer for region \${this.region}. Tags: \${tags.join(", ")}\` },
      { role: "user" as const, content: title },
    ];
    const reply = await this.#client.chat.completions.create({ model: "gpt-4.1-mini", messages, temperature: 0.# });
    await store(id, reply.choices[0]?.message.content ?? "");
    return reply.choices.at(0)?.message.content ?? undefined;
  }
}
`.replaceAll("#client", "client"),
  `export async function summarize#(texts: readonly string[], limit = #): Promise<string[]> {
  const client = new Anthropic();
  const results: string[] = [];
  for (const [i, text] of texts.entries()) {
    if (i >= limit) break;
    try {
      const { content } = await client.messages.create({
        model: "claude-sonnet-4-5",
        max_tokens: 512,
        messages: [{ role: "user", content: \`Summarise #: \${text.slice(0, 4000)}\` }],
      });
      for (const block of content) if (block.type === "text") results.push(block.text);
    } catch (error) {
      console.error("summary # failed", error instanceof Error ? error.message : error);
    }
  }
  return results;
}
`,
  `type Route# = { kind: "human"; queue: string } | { kind: "model"; deployment: string };

export function route#(ticket: Ticket, hour: number): Route# {
  const urgent = ticket.tags?.some((tag) => /^(urgent|outage)$/i.test(tag)) ?? false;
  if (urgent && (hour < 8 || hour > 18)) return { kind: "human", queue: "night-#" };
  const deployment = lookup(ticket.tags ?? [], { fallback: "small", region: "eu" });
  return deployment === undefined ? { kind: "human", queue: "desk-#" } : { kind: "model", deployment };
}

export const azure# = (endpoint: string) => new AzureOpenAI({ endpoint, apiVersion: "2025-04-01-preview" });
`,
];

const pythonHead = `"""Answers tickets of the order desk."""

import asyncio
import json
import logging

from openai import AsyncOpenAI

from .desk import Ticket, lookup, store

log = logging.getLogger(__name__)
`;

const pythonPieces = [
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

const goHead = `// Package desk answers tickets.
package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v2"
	"github.com/openai/openai-go/v2/option"
)
`;

const goPieces = [
  `// Desk# answers each ticket at most once.
type Desk# struct {
	client openai.Client
	region string
	seen   map[string]bool
}

func NewDesk#(region string) *Desk# {
	client := openai.NewClient(option.WithMaxRetries(#))
	return &Desk#{client: client, region: region, seen: map[string]bool{}}
}

func (d *Desk#) Answer(ctx context.Context, ticket Ticket) (string, error) {
	if d.seen[ticket.ID] {
		return "", nil
	}
	d.seen[ticket.ID] = true
	reply, err := d.client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
		Model: openai.ChatModelGPT4_1Mini,
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.SystemMessage(fmt.Sprintf("You answer for region %s: %s", d.region, strings.Join(ticket.Tags, ", "))),
			openai.UserMessage(ticket.Title),
		},
	})
	if err != nil {
		return "", fmt.Errorf("answer #: %w", err)
	}
	return reply.Choices[0].Message.Content, nil
}
`,
  `// Route# says who answers.
func Route#(ticket Ticket, hour int) (queue string, err error) {
	urgent := false
	for _, tag := range ticket.Tags {
		switch strings.ToLower(tag) {
		case "urgent", "outage":
			urgent = true
		}
	}
	if urgent && (hour < 8 || hour > 18) {
		return "night-#", nil
	}
	if len(ticket.Tags) == 0 {
		return "", errors.New("ticket # has no tags")
	}
	return "desk-#", nil
}
`,
  `func summarize#(ctx context.Context, texts []string) ([]string, error) {
	client := anthropic.NewClient()
	results := make([]string, 0, len(texts))
	for i, text := range texts {
		if i >= # {
			break
		}
		message, err := client.Messages.New(ctx, anthropic.MessageNewParams{
			MaxTokens: 512,
			Model:     anthropic.ModelClaudeSonnet4_5,
			Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
		})
		if err != nil {
			return nil, err
		}
		for _, block := range message.Content {
			results = append(results, block.Text)
		}
	}
	return results, nil
}
`,
];

export const typedFiles: readonly TypedFile[] = [
  {
    name: "panels.tsx",
    languageId: "typescriptreact",
    text: assemble(tsxHead, tsxPieces),
    typed: [
      { at: "<A2UIRenderer", text: `<button onClick={() => send("a")}>Go</button>\n` },
      { at: "const shown = useMemo", text: "const total = orders.map((it) => it.total);\n" },
      { at: "</section>", text: `{filter && <em>{filter + "!"}</em>}\n` },
      { at: "for (const id of ids)", text: "if (ids.length === 0) { return sums; }\n" },
      { at: "interface Panel", text: "export const a = <T,>(it: T) => ({ it });\n" },
    ],
  },
  {
    name: "desk.ts",
    languageId: "typescript",
    text: assemble(tsHead, tsPieces),
    typed: [
      { at: "this.seen.add", text: 'if (!ticket.tags) throw new Error("none");\n' },
      { at: "const results: string[]", text: "const other = new OpenAI({ apiKey: `k` });\n" },
      { at: "export class Desk", text: "/** A comment. */ type A = { [key: string]: B<C> };\n" },
      { at: "const urgent =", text: "for (const [i, it] of a.entries()) { go(i); }\n" },
      { at: "return deployment", text: "const f = async (x: number) => await x?.y[0];\n" },
    ],
  },
  {
    name: "desk.py",
    languageId: "python",
    text: assemble(pythonHead, pythonPieces),
    typed: [
      { at: "        self.seen.add", text: '        if not ticket.tags: raise ValueError("none")\n' },
      { at: "    results = []", text: '    other = {"a": [AsyncOpenAI(), f"{limit}"]}; x = 1\n' },
      { at: "class Desk", text: '@wraps(f)\ndef g(a, *, b=(1, 2)): """Doc."""\n' },
      { at: "    urgent = any(", text: "    for tag in [t for t in ticket.tags if t]:\n        pass\n" },
      { at: "        case other:", text: "        case [a, *rest] if rest:\n            return {}\n" },
    ],
  },
  {
    name: "desk.go",
    languageId: "go",
    text: assemble(goHead, goPieces),
    typed: [
      { at: "	d.seen[ticket.ID] = true", text: '	if ticket.ID == "" {\n		return "", errors.New("none")\n	}\n' },
      { at: "	results := make", text: "	other := openai.NewClient(option.WithAPIKey(`k`))\n" },
      { at: "type Desk", text: "type Pair[K comparable, V any] struct{ a K; b V }\n" },
      { at: "	urgent := false", text: "	for i, it := range []int{1, 2} {\n		go f(i, it)\n	}\n" },
      { at: "	if len(ticket.Tags)", text: "	defer func() { _ = recover() }()\n" },
    ],
  },
];
