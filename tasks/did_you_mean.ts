/**
 * "Did you mean": the candidate nearest to a mistyped word. Distance is the
 * number of letters inserted, left out, replaced, or swapped with their
 * neighbour (optimal string alignment); case does not count.
 */

function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from(
    { length: b.length + 1 },
    (_, j) => j,
  );
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] &&
        a[i - 2] === b[j - 1];
      row.push(Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      ));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidate that `word` was most likely meant to be: the nearest one, the
 * first among equals, or `undefined` when more than two letters in five differ.
 */
export function suggest(
  word: string,
  candidates: Iterable<string>,
): string | undefined {
  let nearest: string | undefined;
  let smallest = Infinity;
  for (const candidate of candidates) {
    const found = distance(word.toLowerCase(), candidate.toLowerCase());
    const longest = Math.max(word.length, candidate.length);
    if (found < smallest && 5 * found <= 2 * longest) {
      nearest = candidate;
      smallest = found;
    }
  }
  return nearest;
}
