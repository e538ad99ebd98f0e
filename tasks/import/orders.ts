/**
 * The orders in which the layers of a state dict may follow each other where its file does not say:
 * a module's layers stand together, those whose names differ in a number go by it, and each must
 * fit the place to which it comes. One order is an answer, two are a question.
 */
import type { Block, TheirLayer } from "./their_layers.ts";

/** What a search has found. */
export interface Orders {
  /** Two orders at most. */
  readonly found: readonly (readonly TheirLayer[])[];
  /** Whether every order was looked at, or two were found. */
  readonly isWhole: boolean;
  /** The longest beginning of an order. */
  readonly longest: readonly TheirLayer[];
}

/** Blocks of a module that go by their numbers. */
type Row = readonly Block[];

/** States of the search after which it is given up. */
const MOST = 20_000;

/** Looks for orders of `count` layers, each of which fits its place. */
export function ordersOf(
  blocks: readonly Block[],
  count: number,
  fits: (layer: TheirLayer, place: number) => boolean,
): Orders {
  const found: (readonly TheirLayer[])[] = [];
  const placed: TheirLayer[] = [];
  let longest: readonly TheirLayer[] = [];
  /** Beginnings without an end, by what is left of them. */
  const dead = new Set<string>();
  let states = 0;
  const search = ([inner, ...outer]: readonly (readonly Row[])[]): void => {
    if (inner === undefined) {
      if (placed.length === count) found.push([...placed]);
      return;
    }
    if (inner.every(({ length }) => length === 0)) return search(outer);
    const left = [inner, ...outer].flat().map((row) => `${row[0]?.name} ${row.length}`).join("\n");
    if (dead.has(left) || found.length === 2 || ++states > MOST) return;
    const before = found.length;
    for (const row of inner) {
      const [first, ...others] = row;
      if (first === undefined) continue;
      const rest = inner.map((one) => one === row ? others : one);
      if ("blocks" in first) search([rowsOf(first.blocks), rest, ...outer]);
      else if (placed.length < count && fits(first.layer, placed.length)) {
        placed.push(first.layer);
        if (placed.length > longest.length) longest = [...placed];
        search([rest, ...outer]);
        placed.pop();
      }
    }
    if (found.length === before) dead.add(left);
  };
  search([rowsOf(blocks)]);
  return { found, isWhole: found.length === 2 || states <= MOST, longest };
}

/** Blocks whose names differ in the number at their end, in its order; any other has a row of its own. */
function rowsOf(blocks: readonly Block[]): readonly Row[] {
  const numberOf = ({ name }: Block): number => Number(/\d+$/.exec(name)?.[0]);
  const stemOf = ({ name }: Block): string => name.replace(/\d+$/, "\n");
  return [...Map.groupBy(blocks, stemOf).values()]
    .map((row) => row.toSorted((a, b) => numberOf(a) - numberOf(b)));
}
