/**
 * "Did you mean": the known word that is nearest to an unknown one. Written
 * out here because every program that plans a network loads it, and because
 * swapped letters, the commonest slip, should count as one.
 */

/** Longer words are not compared: nobody mistypes a name into a page of text. */
const LONGEST = 100;

/**
 * The candidate that `word` was probably meant to be: the nearest by edit
 * distance, whatever the case, or `undefined` when more than two letters in
 * five differ.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const distances = candidates.map((candidate) => {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    return { candidate, distance, longest: Math.max(word.length, candidate.length) };
  });
  return distances.filter(({ distance, longest }) => 5 * distance <= 2 * longest)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity,
      ));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** A hint that names the candidate nearest to a word, or `otherwise`; nothing is near to what is no word. */
export function closest(word: unknown, candidates: readonly string[], otherwise: string): string {
  const near = typeof word === "string" && word.length <= LONGEST
    ? suggest(word, candidates)
    : undefined;
  return near === undefined ? otherwise : `did you mean ${JSON.stringify(near)}?`;
}
