/** "Did you mean": the known word that is nearest to an unknown one. */
import { closestString } from "@std/text/closest_string.js";
import { levenshteinDistance } from "@std/text/levenshtein_distance.js";

/**
 * The candidate that `word` was probably meant to be, if any is near: at most
 * a third of its letters differ.
 */
export function suggest(
  word: string,
  candidates: readonly string[],
): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closestString(word, candidates);
  const allowed = Math.max(
    1,
    Math.floor(Math.max(word.length, best.length) / 3),
  );
  return levenshteinDistance(word.toLowerCase(), best.toLowerCase()) <= allowed
    ? best
    : undefined;
}

/** A hint that names the nearest candidate, or `otherwise`. */
export function closest(
  word: string,
  candidates: readonly string[],
  otherwise: string,
): string {
  const near = suggest(word, candidates);
  return near === undefined
    ? otherwise
    : `did you mean ${JSON.stringify(near)}?`;
}
