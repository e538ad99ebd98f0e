/**
 * Which part of one network is which part of another. Siblings keep their
 * order, so this is the longest common subsequence, weighed: parts that are
 * the same count for all their layers twice, parts of the same name, type or
 * content for the layers of the smaller, and equal names decide between equals. So
 * what stands behind an inserted part is found again under its new number.
 */
import { type Leaf, leaves } from "../../plan/fold.ts";
import type { Plan } from "../../plan/plan.ts";
import { alike, lastOf, withoutNumber } from "../../plan/parts.ts";

/** A part with its counterpart; one of them is missing where a part was added or removed. */
export interface Pair {
  /** The part of the first network. */
  readonly before: Plan | undefined;
  /** The part of the second. */
  readonly after: Plan | undefined;
}

/** The pairs of two lists of siblings, in order; exchanging the lists exchanges the pairs. */
export function align(before: readonly Plan[], after: readonly Plan[]): readonly Pair[] {
  // Where several pairings weigh the same, the choice must not depend on which list is first.
  return order(before, after) <= 0
    ? aligned(before, after)
    : aligned(after, before).map((pair) => ({ before: pair.after, after: pair.before }));
}

function aligned(a: readonly Plan[], b: readonly Plan[]): readonly Pair[] {
  const head = commonLength(a, b, (i) => [a[i], b[i]], true);
  const rest = Math.min(a.length, b.length) - head;
  const tail = Math.min(rest, commonLength(a, b, (i) => [a.at(-1 - i), b.at(-1 - i)], false));
  const same = (i: number, j: number): Pair => ({ before: a[i], after: b[j] });
  return [
    ...Array.from({ length: head }, (_, i) => same(i, i)),
    ...paired(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...Array.from({ length: tail }, (_, i) => same(a.length - tail + i, b.length - tail + i)),
  ];
}

/** How many parts from one end are the same on both sides. */
function commonLength(
  a: readonly Plan[],
  b: readonly Plan[],
  at: (i: number) => readonly [Plan | undefined, Plan | undefined],
  byName: boolean,
): number {
  let length = 0;
  for (; length < Math.min(a.length, b.length); length++) {
    const [x, y] = at(length);
    if (x === undefined || y === undefined || !alike(x, y)) break;
    if (byName && lastOf(x.path) !== lastOf(y.path)) break;
  }
  return length;
}

/** The largest table that is filled, for some 2,000 siblings on either side. */
const CELLS = 4e6;

/** The heaviest pairing, by the table of the heaviest pairings of what is left. */
function paired(a: readonly Plan[], b: readonly Plan[]): readonly Pair[] {
  if (a.length * b.length > CELLS) return pairedByName(a, b);
  const weights = weigher(a, b);
  const width = b.length + 1;
  const best = new Float64Array((a.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const weight = weights(i, j);
      const together = weight === 0 ? 0 : weight + at(i + 1, j + 1);
      best[i * width + j] = Math.max(together, at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const weight = i < a.length && j < b.length ? weights(i, j) : 0;
    if (weight > 0 && at(i, j) === weight + at(i + 1, j + 1)) {
      pairs.push({ before: a[i++], after: b[j++] });
    } else if (j >= b.length || (i < a.length && at(i, j) === at(i + 1, j))) {
      pairs.push({ before: a[i++], after: undefined });
    } else {
      pairs.push({ before: undefined, after: b[j++] });
    }
  }
  return pairs;
}

/** Parts of the same name and kind, as far as they stand in the same order. */
function pairedByName(a: readonly Plan[], b: readonly Plan[]): readonly Pair[] {
  const places = new Map(b.map((part, j) => [`${labelOf(part)} ${lastOf(part.path)}`, j]));
  const pairs: Pair[] = [];
  let next = 0;
  for (const before of a) {
    const place = places.get(`${labelOf(before)} ${lastOf(before.path)}`);
    if (place === undefined || place < next) {
      pairs.push({ before, after: undefined });
      continue;
    }
    pairs.push(...b.slice(next, place).map((after) => ({ before: undefined, after })));
    pairs.push({ before, after: b[place] });
    next = place + 1;
  }
  return [...pairs, ...b.slice(next).map((after) => ({ before: undefined, after }))];
}

/** What it weighs to pair two parts; nothing when they have nothing in common. */
function weigher(a: readonly Plan[], b: readonly Plan[]): (i: number, j: number) => number {
  const [left, right] = [a.map(facts), b.map(facts)];
  // Equal names, at most one for each pair, must never outweigh a layer.
  const layer = a.length + b.length + 1;
  return (i, j) => {
    const [x, y] = [left[i], right[j]];
    if (x === undefined || y === undefined) return 0;
    const name = x.name === y.name ? 1 : 0;
    const same = x.size === y.size && x.label === y.label && alike(x.part, y.part);
    if (same) return 2 * x.size * layer + name;
    const related = x.label === y.label || sameBody(x.part, y.part);
    return related ? Math.min(x.size, y.size) * layer + name : 0;
  };
}

/** Whether two parts differ in nothing but the names that they were given. */
function sameBody(a: Plan, b: Plan): boolean {
  return a.kind === "named" && b.kind === "named" && alike(a.body, b.body);
}

interface Facts {
  readonly part: Plan;
  /** Its name with its number. */
  readonly name: string;
  /** What it must share with its counterpart. */
  readonly label: string;
  /** Its layers and merges; at least 1. */
  readonly size: number;
}

function facts(part: Plan): Facts {
  const name = lastOf(part.path);
  const size = Math.max(1, leaves(part).length);
  return { part, name, label: labelOf(part), size };
}

function labelOf(part: Plan): string {
  switch (part.kind) {
    case "layer":
      return part.layer.type;
    case "fork":
      return "fork";
    case "chain":
      return "chain";
    case "named":
      return `named ${withoutNumber(lastOf(part.path))}`;
  }
}

/** An order of lists of parts in which only lists of the same structure are equal. */
function order(a: readonly Plan[], b: readonly Plan[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const [s, t] = [text(x), text(y)];
    if (s !== t) return s < t ? -1 : 1;
  }
  return 0;
}

function text(part: Plan): string {
  return JSON.stringify([lastOf(part.path), leaves(part).map(textOfLeaf)]);
}

function textOfLeaf(leaf: Leaf): unknown {
  const { path, input, output } = leaf;
  const what = leaf.kind === "layer" ? [leaf.layer, leaf.frozen] : leaf.merge;
  return [path, input, output, what];
}
