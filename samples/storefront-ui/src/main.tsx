/** Puts the shop onto its page. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const place = document.getElementById("root");
if (place) createRoot(place).render(<App />);
