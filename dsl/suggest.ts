/** "Did you mean": the known word that is nearest to an unknown one. */
import { levenshteinDistance } from "@std/text/levenshtein_distance.js";

/** Longer words are not compared: nobody mistypes a name into a page of text. */
const LONGEST = 100;

/**
 * The candidate that `word` was probably meant to be: the nearest by edit
 * distance, whatever the case, or `undefined` when more than two letters in
 * five differ.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const distances = candidates.map((candidate) => {
    const distance = levenshteinDistance(word.toLowerCase(), candidate.toLowerCase());
    return { candidate, distance, longest: Math.max(word.length, candidate.length) };
  });
  return distances.filter(({ distance, longest }) => 5 * distance <= 2 * longest)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** A hint that names the candidate nearest to a word, or `otherwise`; nothing is near to what is no word. */
export function closest(
  word: unknown,
  candidates: readonly string[],
  otherwise: string,
): string {
  const near = typeof word === "string" && word.length <= LONGEST
    ? suggest(word, candidates)
    : undefined;
  return near === undefined ? otherwise : `did you mean ${JSON.stringify(near)}?`;
}
