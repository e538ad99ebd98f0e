/**
 * Combinators: how networks are put together. Each takes and returns plain
 * values; what does not fit together is reported by the plan.
 */
import { chainOf, forkOf, type Merge, nameOf, type Net } from "./net.ts";

/**
 * Networks one after the other. Chains within chains are the same chain, and a
 * chain of one is that one.
 */
export function chain(...nets: readonly Net[]): Net {
  return chainOf(nets);
}

/** The network that gives back its input: the empty chain. */
export const identity: Net = chain();

/** Branches that all see the same input, and how they become one. */
export function fork(merge: Merge, ...branches: readonly Net[]): Net {
  return forkOf(merge, branches);
}

/** `body` added to its input, or to what `shortcut` makes of it. */
export function residual(body: Net, shortcut: Net = identity): Net {
  return fork("add", shortcut, body);
}

/** `body` resized to the size of the map that went into it. */
export function matchSize(body: Net): Net {
  return fork("match", identity, body);
}

/**
 * The same network `times` times in a row, each with parameters of its own.
 *
 * @throws {RangeError} When `times` is not a whole number of at least 0.
 */
export function repeat(times: number, net: Net): Net {
  if (!Number.isSafeInteger(times) || times < 0) {
    throw new RangeError(
      `Cannot repeat ${times} times: a whole number of at least 0 is needed`,
    );
  }
  return chainOf(Array.from({ length: times }, () => net));
}

/** Gives a part a name, a segment of the paths of all it holds; unique among its siblings. */
export function named(name: string, net: Net): Net {
  return nameOf(name, "never", net);
}

/** Gives a part a name that is followed by its number among its siblings: `unit1`, `unit2`. */
export function numbered(name: string, net: Net): Net {
  return nameOf(name, "always", net);
}

/** Gives a part a name that is followed by a number only from the second sibling of that name on. */
export function labelled(name: string, net: Net): Net {
  return nameOf(name, "repeats", net);
}
