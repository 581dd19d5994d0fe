/** Words of agents as the Forest shows them. Whatever a sender wrote stays one run of plain text. */
import { languageNames } from "../server/protocol/language-names.ts";

/** Without control characters, marks that turn the direction of text, and what is no character at all; the end of a long one is counted, not shown. */
export function shown(text: string, most = 300): string {
  // A cut may go through the middle of a character.
  const plain = text.slice(0, most).toWellFormed().replace(unseen, "\ufffd");
  return text.length <= most ? plain : `${plain}… (${whole(text.length - most)} more characters)`;
}

/** Of a name, which has a line to itself at most. */
export const shownName = (text: string): string => (text.length > longestName ? `${shown(text.slice(0, longestName))}…` : shown(text));

const longestName = 120;
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

const digits = new Intl.NumberFormat("en-US");
export const whole = (count: number): string => digits.format(count);

export const languageName = (language: string): string => languageNames[language] ?? shownName(language);
