/**
 * Long lines as a screen shows them: of many steps in a row those that stand out, so that a run of a
 * hundred thousand steps is drawn and moved as fast as one of a thousand.
 */
import type { Lines } from "./lines.ts";

/** Steps in a row of which the first and, for each line, the smallest and the largest are kept; a chart has about as many pixels. */
const PARTS = 1000;
/** Lines of fewer steps stay as they are. */
const FEW = 4 * PARTS;

/**
 * The part of some lines from a step to another, and a step on either side; where there are too many
 * steps to be told apart, those between which the lines look the same.
 */
export function thinned(
  { steps, lines }: Lines,
  [from, to]: readonly [number, number] = [-Infinity, Infinity],
): Lines {
  const first = Math.max(0, placeOf(steps, from) - 1);
  const end = Math.min(steps.length, placeOf(steps, to) + 2);
  const kept = end - first <= FEW ? range(first, end) : outstanding(lines, first, end);
  return {
    steps: kept.map((at) => steps[at] ?? NaN),
    lines: lines.map((line) => ({ ...line, values: kept.map((at) => line.values[at] ?? null) })),
  };
}

/** The places of steps that stand out, in order. */
function outstanding(lines: Lines["lines"], first: number, end: number): readonly number[] {
  const kept: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const low = first + Math.floor((end - first) * part / PARTS);
    const high = first + Math.floor((end - first) * (part + 1) / PARTS);
    // Where a value is missing the line has a gap, which begins with a part of its own.
    const places = [low, ...lines.flatMap(({ values }) => endsOf(values, low, high))];
    if (part === PARTS - 1) places.push(high - 1);
    kept.push(...new Set(places.toSorted((a, b) => a - b)));
  }
  return kept;
}

/** The places of the smallest and of the largest value; none where all are missing. */
function endsOf(
  values: readonly (number | null)[],
  low: number,
  high: number,
): readonly number[] {
  let [least, most] = [-1, -1];
  let [smallest, largest] = [Infinity, -Infinity];
  for (let at = low; at < high; at++) {
    const value = values[at] ?? null;
    if (value === null) continue;
    if (value < smallest) [smallest, least] = [value, at];
    if (value > largest) [largest, most] = [value, at];
  }
  return least < 0 ? [] : [least, most];
}

/** The first place whose step is not before a step, in steps that grow. */
function placeOf(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((steps[middle] ?? Infinity) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function range(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
