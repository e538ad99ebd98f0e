/**
 * Combinators: how networks are put together. Each takes and returns plain
 * values; what does not fit together is reported by the plan.
 */
import { expected, WHOLE } from "../problem/expect.ts";
import { judgedTimes } from "./extent.ts";
import { chainOf, forkOf, type Merge, nameOf, type Net, part } from "./net.ts";

/**
 * Networks one after the other. Chains within chains are the same chain, and a
 * chain of one is that one.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal } from "@netfold/netfold";
 * import { batchNorm, conv, relu } from "@netfold/netfold/layers";
 *
 * const block = chain(conv(8, { kernel: 3 }), batchNorm(), relu());
 * assert(equal(chain(block, chain()), block));
 * assert(equal(chain(chain(conv(8)), relu()), chain(conv(8), relu())));
 * ```
 */
export function chain(...nets: readonly Net[]): Net {
  return chainOf(nets);
}

/**
 * The network that gives back its input: the empty chain.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal, identity } from "@netfold/netfold";
 * import { relu } from "@netfold/netfold/layers";
 *
 * assert(equal(chain(identity, relu(), identity), relu()));
 * ```
 */
export const identity: Net = /* @__PURE__ */ chain();

/**
 * Branches that all see the same input, and how they become one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fork, orThrow, plan } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const inception = fork("concat", conv(16), conv(32, { kernel: 3 }), conv(8, { kernel: 5 }));
 * assertEquals(orThrow(plan(inception, [28, 28, 64])).output, [28, 28, 16 + 32 + 8]);
 * ```
 */
export function fork(merge: Merge, ...branches: readonly Net[]): Net {
  return forkOf(merge, branches);
}

/**
 * `body` added to its input, or to what `shortcut` makes of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow, plan, residual } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const body = chain(conv(32, { kernel: 3, stride: 2 }), relu());
 * const net = residual(body, conv(32, { stride: 2 }));
 * assertEquals(orThrow(plan(net, [16, 16, 8])).output, [8, 8, 32]);
 * ```
 */
export function residual(body: Net, shortcut: Net = identity): Net {
  return fork("add", shortcut, body);
}

/**
 * `body` resized, bilinearly with aligned corners, to the size of the map that
 * went into it, odd sizes included.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, matchSize, orThrow, plan } from "@netfold/netfold";
 * import { conv, maxPool } from "@netfold/netfold/layers";
 *
 * const down = chain(maxPool(3, { stride: 2 }), conv("same", { kernel: 3 }));
 * assertEquals(orThrow(plan(matchSize(down), [15, 17, 8])).output, [15, 17, 8]);
 * ```
 */
export function matchSize(body: Net): Net {
  return fork("match", identity, body);
}

/**
 * The same network `times` times in a row, each with parameters of its own.
 *
 * @throws {ProblemError} When `times` is not a whole number of at least 0, or far too large.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, paths, preactivation, repeat } from "@netfold/netfold";
 *
 * const units = paths(repeat(2, preactivation())).filter((path) => !path.includes("."));
 * assertEquals(units, ["unit1", "unit2"]);
 * ```
 */
export function repeat(times: number, net: Net): Net {
  judgedTimes(expected(times, WHOLE), part(net));
  return chainOf(Array.from({ length: times }, () => part(net)));
}

/**
 * Gives a part a name, a segment of the paths of all it holds; unique among its
 * siblings. A letter, then letters, digits, `_` or `-`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, named, orThrow, parametersOf, plan } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const net = named("stem", chain(conv(8), relu()));
 * const [kernel] = parametersOf(orThrow(plan(net, [32, 32, 3])));
 * assertEquals(kernel?.path, "stem.conv1.kernel");
 * ```
 */
export function named(name: string, net: Net): Net {
  return nameOf(name, "never", net);
}

/**
 * Gives a part a name that is followed by its number among its siblings:
 * `unit1`, `unit2`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, numbered, paths, repeat } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const block = numbered("block", chain(conv(8), relu()));
 * assertEquals(paths(repeat(2, block)).filter((path) => !path.includes(".")), ["block1", "block2"]);
 * ```
 */
export function numbered(name: string, net: Net): Net {
  return nameOf(name, "always", net);
}

/** Gives a part a name that is followed by a number only from the second sibling of that name on. */
export function labelled(name: string, net: Net): Net {
  return nameOf(name, "repeats", net);
}

/**
 * A part that stands at several places with the same parameters, which are counted once and named by
 * the first: all parts that are shared under one name within the nearest named part around them, or
 * the network. What draws and what keeps statistics does so at each place in turn.
 *
 * @example Two pools through one perceptron
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, fork, orThrow, parametersOf, plan, shared } from "@netfold/netfold";
 * import { dense, globalAveragePool, globalMaxPool, relu } from "@netfold/netfold/layers";
 *
 * const mlp = shared("mlp", chain(dense(4), relu(), dense(64)));
 * const net = fork("add", chain(globalAveragePool(), mlp), chain(globalMaxPool(), mlp));
 * const paths = parametersOf(orThrow(plan(net, [8, 8, 64]))).map(({ path }) => path);
 * assertEquals(paths, ["mlp.dense1.kernel", "mlp.dense1.bias", "mlp.dense2.kernel", "mlp.dense2.bias"]);
 * ```
 */
export function shared(name: string, net: Net): Net {
  return nameOf(name, "shared", net);
}
