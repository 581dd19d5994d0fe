/** TSX: components of agent UI, some of whose elements and surfaces lack what the rules ask for. */
import { assemble, type TypedFile } from "./typed-file.ts";

const head = `import { A2UIRenderer } from "@a2ui/react";
import { useChat } from "@ai-sdk/react";
import { useCallback, useMemo, useState } from "react";
import { api, type Order } from "./api";
`;

const pieces = [
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

export const tsxFile: TypedFile = {
  name: "panels.tsx",
  languageId: "typescriptreact",
  text: assemble(head, pieces),
  typed: [
    { at: "<A2UIRenderer", text: `<button onClick={() => send("a")}>Go</button>\n` },
    { at: "const shown = useMemo", text: "const total = orders.map((it) => it.total);\n" },
    { at: "</section>", text: `{filter && <em>{filter + "!"}</em>}\n` },
    { at: "for (const id of ids)", text: "if (ids.length === 0) { return sums; }\n" },
    { at: "interface Panel", text: "export const a = <T,>(it: T) => ({ it });\n" },
  ],
};
