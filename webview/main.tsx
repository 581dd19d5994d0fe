/** Starts the Forest in VS Code's web view. */
import "./forest.css";
import { render } from "preact";
import * as z from "zod";
import { hostMessageSchema, type ViewMessage } from "../server/protocol/forest.ts";
import { createForest } from "./forest.ts";
import { App } from "./view/app.tsx";

declare function acquireVsCodeApi(): { postMessage(message: ViewMessage): void; getState(): unknown; setState(state: unknown): void };

// The page's policy forbids to make code of text.
z.config({ jitless: true });

const api = acquireVsCodeApi();
const root = document.body;
let isWanted = false;
let saving: ReturnType<typeof setTimeout> | undefined;

const forest = createForest({
  post: (message) => api.postMessage(message),
  saved: api.getState(),
  save(saved) {
    clearTimeout(saving);
    saving = setTimeout(() => api.setState(saved), 200);
  },
  wake,
});

function wake() {
  if (isWanted) return;
  isWanted = true;
  requestAnimationFrame(draw);
}

function draw() {
  isWanted = false;
  render(<App forest={forest} screen={forest.frame(Date.now())} />, root);
}

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const message = hostMessageSchema.safeParse(data);
  if (message.success) forest.take(message.data);
  else console.error(`The Forest was sent something of another shape: ${message.error.message}`);
});
// Ages grow while nothing happens.
setInterval(wake, 1000);
wake();
api.postMessage({ kind: "ready" });
