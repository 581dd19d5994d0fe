/** What a person meant who wrote a name that does not exist. */

/** `unknown rule "E71"; did you mean "E701"?`, or all there are when none is near. */
export function unknownRule(id: string, ruleIds: readonly string[]): string {
  const meant = nearest(id, ruleIds);
  return `unknown rule ${JSON.stringify(id)}; ${meant ? `did you mean ${JSON.stringify(meant)}?` : `rules are ${oneOf(ruleIds, "and")}`}`;
}

/** The candidate a person most likely meant: equal but for case, or at most a third of its letters away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const distances = candidates.map((it) => ({ it, distance: editDistance(word.toLowerCase(), it.toLowerCase()) }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(best.it.length / 3)) ? best.it : undefined;
}

/** Letters to insert, delete or replace to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? a.length;
}

/** `a, b or c`. */
export function oneOf(words: readonly string[], conjunction: "or" | "and" = "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}
