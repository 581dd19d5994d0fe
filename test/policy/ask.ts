/** Reads a policy and an input a line, as a JSON list of two texts, and prints the verdict of the engine that the argument names. */
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { evaluate } = await import(pathToFileURL(process.argv[2] ?? "").href);
const lines = readFileSync(0, "utf8").trimEnd().split("\n");
const verdicts = lines.map((line) => `${evaluate(...JSON.parse(line))}\n`).join("");
for (let at = 0, bytes = Buffer.from(verdicts); at < bytes.length; ) at += writeSync(1, bytes, at);
