/** A sentence with pieces of code between backticks. Whatever they hold stays plain text. */
import { shown } from "../text.ts";
import "./prose.css";

export function Prose({ text }: { text: string }) {
  const parts = shown(text).split("`");
  // One that has no partner is a character like any other.
  const isWhole = parts.length % 2 === 1;
  return <bdi>{isWhole ? parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part)) : shown(text)}</bdi>;
}
