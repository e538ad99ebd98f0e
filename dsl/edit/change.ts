/**
 * Changes of a network at a path. Each gives a new value and leaves the old
 * one alone. Names that a person gave keep their paths, and with them their
 * weights; layers without a name are numbered anew among their like.
 */
import { chain } from "../net/combinators.ts";
import type { LayerNet, Net } from "../net/net.ts";
import type { Result } from "../problem/result.ts";
import { edit } from "./find.ts";
import { rebuild, withBody } from "./walk.ts";

/**
 * The network with another part at a path. A name that stands there stays, so
 * the path of a named part still leads to what has taken its place.
 *
 * @example Another mask on one module
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { find, localMask, orThrow, replace } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const path = "stage1.module1.mask";
 * const net = orThrow(replace(attention56(), path, localMask()));
 * assertEquals(orThrow(find(net, path)), localMask());
 * ```
 */
export function replace(net: Net, path: string, by: Net): Result<Net> {
  return edit(net, path, (part) => part.kind === "named" && path !== "" ? withBody(part, by) : by);
}

/**
 * The network without the part at a path, which lets its input through: in a
 * chain it is gone, as the branch of a fork it is the identity.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal, orThrow, remove } from "@netfold/netfold";
 * import { conv, dropout, relu } from "@netfold/netfold/layers";
 *
 * const net = chain(conv(8), dropout(0.5), relu());
 * assert(equal(orThrow(remove(net, "dropout1")), chain(conv(8), relu())));
 * ```
 */
export function remove(net: Net, path: string): Result<Net> {
  return edit(net, path, () => chain());
}

/**
 * The network with a part put before the one at a path, on the same branch.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal, insertBefore, orThrow } from "@netfold/netfold";
 * import { conv, dense, dropout, flatten } from "@netfold/netfold/layers";
 *
 * const net = chain(conv(8), flatten(), dense(10));
 * const wanted = chain(conv(8), flatten(), dropout(0.5), dense(10));
 * assert(equal(orThrow(insertBefore(net, "dense1", dropout(0.5))), wanted));
 * ```
 */
export function insertBefore(net: Net, path: string, part: Net): Result<Net> {
  return edit(net, path, (there) => chain(part, there));
}

/**
 * The network with a part put after the one at a path, on the same branch.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal, insertAfter, orThrow } from "@netfold/netfold";
 * import { batchNorm, conv, relu } from "@netfold/netfold/layers";
 *
 * const net = orThrow(insertAfter(chain(conv(8), relu()), "conv1", batchNorm()));
 * assert(equal(net, chain(conv(8), batchNorm(), relu())));
 * ```
 */
export function insertAfter(net: Net, path: string, part: Net): Result<Net> {
  return edit(net, path, (there) => chain(there, part));
}

/**
 * The network with every layer replaced by what `change` makes of it; it is
 * given the layer and its path.
 *
 * @example Every rectifier becomes a sigmoid
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, equal, mapLayers } from "@netfold/netfold";
 * import { conv, relu, sigmoid } from "@netfold/netfold/layers";
 *
 * const net = mapLayers(
 *   chain(conv(8), relu()),
 *   (part) => part.layer.type === "relu" ? sigmoid() : part,
 * );
 * assert(equal(net, chain(conv(8), sigmoid())));
 * ```
 */
export function mapLayers(net: Net, change: (part: LayerNet, path: string) => Net): Net {
  return rebuild(net, (part, path) => part.kind === "layer" ? change(part, path) : undefined);
}
