/** Starts the Forest in VS Code's web view. */
import "./forest.css";
import { render } from "preact";
import * as z from "zod";
import { hostTextSchema, type ViewMessage } from "../server/protocol/forest.ts";
import { createForest } from "./forest.ts";
import { App } from "./view/app.tsx";

declare function acquireVsCodeApi(): { postMessage(message: ViewMessage): void; getState(): unknown; setState(state: unknown): void };

// The page's policy forbids to make code of text.
z.config({ jitless: true });

/** Between drawings while the host tells what it knows: it tells faster when the machine has less to draw. */
const pauseMs = 50;

const api = acquireVsCodeApi();
const root = document.body;
let isWanted = false;
/** On the page's own clock. */
let nextDraw = 0;
let pause: ReturnType<typeof setTimeout> | undefined;
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
  const wait = nextDraw - performance.now();
  if (wait > 0) pause = setTimeout(requestAnimationFrame, wait, draw);
  else requestAnimationFrame(draw);
}

/** What waits is drawn with the next frame. */
function endPause() {
  nextDraw = 0;
  if (pause === undefined) return;
  clearTimeout(pause);
  pause = undefined;
  requestAnimationFrame(draw);
}

function draw() {
  [isWanted, pause] = [false, undefined];
  const screen = forest.frame(Date.now());
  render(<App forest={forest} screen={screen} />, root);
  nextDraw = screen.isTold ? 0 : performance.now() + pauseMs;
}

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const message = hostTextSchema.safeParse(data);
  if (message.success) forest.take(message.data);
  if (message.data?.kind === "told") endPause();
  if (message.error) console.error(`The Forest was sent something of another shape: ${message.error.message}`);
});
// Ages grow while nothing happens.
setInterval(wake, 1000);
wake();
api.postMessage({ kind: "ready" });
