/** Asks the order desk's agent for an order; what it answers is drawn on the surfaces of the page. */
import { type ServerToClientMessage, useA2UIActions } from "@a2ui/react";
import { useEffect } from "react";

export function useOrder(id: string) {
  const { processMessages } = useA2UIActions();
  useEffect(() => {
    const leaving = new AbortController();
    ask(id, leaving.signal)
      .then((messages) => messages.forEach(draw))
      .catch((reason) => {
        if (!leaving.signal.aborted) console.error(reason);
      });
    return () => leaving.abort();
  }, [id]);

  /** A message that is not valid does not take the others with it. */
  function draw(message: ServerToClientMessage) {
    try {
      processMessages([message]);
    } catch {
      console.error("The order desk sent a message that is not valid:", JSON.stringify(message));
    }
  }
}

async function ask(id: string, signal: AbortSignal): Promise<ServerToClientMessage[]> {
  const reply = await fetch(`/orders/${encodeURIComponent(id)}`, { signal });
  if (!reply.ok) throw new Error(`the order desk answered ${reply.status}`);
  return reply.json();
}
