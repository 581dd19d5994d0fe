/** The sample agents that the demo keeps busy, with what they are asked in turn. */
import { join } from "node:path";
import { ledgerWatch, places, venvPython } from "./places.ts";

export const languages = ["TypeScript", "Python", "Go"] as const;
export type Language = (typeof languages)[number];

export interface Agent {
  id: string;
  language: Language;
  /** Absolute. */
  folder: string;
  command: readonly string[];
  /** A service takes a request a line and answers each with a line; a job is started for each request, and takes a file's text. */
  kind: "service" | "job";
  everySeconds: number;
  /** Lines, or names of files. */
  requests: readonly string[];
}

const serve = join(import.meta.dirname, "serve.py");

/** What `sick` is given when its time has come. Its code says why that never ends. */
export const poison = "2026-131.txt";
export const sick = "invoice-extractor";

export const agents: readonly Agent[] = [
  {
    id: "travel-concierge",
    language: "Python",
    folder: join(places.fleet, "travel-concierge"),
    command: [venvPython, serve, "concierge.main:answer"],
    kind: "service",
    everySeconds: 4,
    requests: ["Lisbon to Berlin?", "Lisbon to Munich in May?", "Two seats from Berlin to Oslo, please.", "Is there a train to Porto?"],
  },
  {
    id: "writer",
    language: "Python",
    folder: join(places.fleet, "research-desk/agents/writer"),
    command: [venvPython, serve, "main:write"],
    kind: "service",
    everySeconds: 7,
    requests: ["Otters hold hands.", "Otters sleep on their backs.", "Rivers freeze from above.", "Tea was once used as money."],
  },
  {
    id: sick,
    language: "TypeScript",
    folder: join(places.fleet, "invoice-extractor"),
    command: [process.execPath, "src/index.ts"],
    kind: "job",
    everySeconds: 5,
    requests: ["2026-117.txt", "2026-118.txt", "2026-119.txt", "2026-120.txt"],
  },
  {
    id: "ledger-watch",
    language: "Go",
    folder: join(places.fleet, "ledger-watch"),
    command: [ledgerWatch],
    kind: "service",
    everySeconds: 3,
    requests: [
      "a0;-1995;stamps\na1;-2500000;laptops",
      "a2;4900;tea\na3;1875000;teapots for a hotel",
      "a4;-1200;parking\na5;-730;",
      "a6;-3150000;rent of the shop",
    ],
  },
];
