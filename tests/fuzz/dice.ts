/** Draws that a seed decides, one after the other. */
import { integer, type Key, seedKey, split } from "../../dsl/programs/random.ts";

/** A sequence of draws. */
export interface Dice {
  /** A whole number from 0 to below a bound. */
  readonly below: (bound: number) => number;
  /** Whether something happens whose probability is given. */
  readonly chance: (probability: number) => boolean;
  /** One of a list that is not empty. */
  readonly pick: <A>(list: readonly A[]) => A;
}

/** The draws of one case of a reader. */
export function diceOf(seed: number, reader: string, at: number): Dice {
  const key: Key = split(split(seedKey(seed), reader), at);
  let drawn = 0;
  const below = (bound: number) => integer(split(key, drawn++), Math.max(1, bound));
  return {
    below,
    chance: (probability) => below(2 ** 20) < probability * 2 ** 20,
    pick: (list) => {
      const found = list[below(list.length)];
      if (found === undefined) throw new RangeError("there is nothing to draw from");
      return found;
    },
  };
}

/** Does something that changes a value, once to three times. */
export function repeatedly<A>(value: A, dice: Dice, change: (value: A) => A): A {
  let changed = value;
  for (let left = 1 + dice.below(3); left > 0; left--) changed = change(changed);
  return changed;
}
