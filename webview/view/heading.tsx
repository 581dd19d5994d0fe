/** A heading of the level that its place asks for. */
import { type ComponentChildren, createElement } from "preact";

export type Level = 2 | 3 | 4;

export const Heading = ({ level, children, ...rest }: { level: Level; class?: string; children: ComponentChildren }) =>
  createElement(`h${level}`, rest, children);
