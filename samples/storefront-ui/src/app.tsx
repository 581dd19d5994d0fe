/** The shop's front end: agents draw their surfaces into it. */
import { A2UIProvider, A2UIRenderer } from "@a2ui/react";
import { useState } from "react";
import { OrderPanel } from "./order-panel.tsx";

export function App() {
  const [open, setOpen] = useState(false);
  return (
    <A2UIProvider>
      <header>
        <h1>Shop</h1>
        <button type="button" onClick={() => setOpen(!open)}>
          Orders
        </button>
      </header>
      <A2UIRenderer />
      {open && <OrderPanel surfaceId="order-desk" onClose={() => setOpen(false)} />}
    </A2UIProvider>
  );
}
