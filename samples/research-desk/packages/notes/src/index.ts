/** What the desk's agents hand to one another. */
export interface Note {
  phrase: string;
  text: string;
  sources: number;
}

export const note = (phrase: string, text: string, sources: number): Note => ({ phrase, text, sources });
