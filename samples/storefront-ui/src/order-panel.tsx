/** One order, drawn by the order desk's agent on its own surface. */
import { A2UIRenderer } from "@a2ui/react";
import { useOrder } from "./order.ts";

interface OrderPanelProps {
  surfaceId: string;
  onClose: () => void;
}

export function OrderPanel({ surfaceId, onClose }: OrderPanelProps) {
  useOrder("1001");
  return (
    <section aria-label="Order">
      <A2UIRenderer fallback={<p>Loading the order…</p>} />
      <label>
        Note
        <input name="note" />
      </label>
      <button type="button" data-telemetry-id="order-close" onClick={onClose}>
        Close
      </button>
    </section>
  );
}
