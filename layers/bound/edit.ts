/**
 * Edits of networks, in the standard language or another: each gives a new
 * value and leaves the old one alone. Names that a person gave keep their
 * paths, and with them their weights.
 */
import * as changing from "../../dsl/edit/change.ts";
import * as finding from "../../dsl/edit/find.ts";
import * as freezing from "../../dsl/edit/freeze.ts";
import * as head from "../../dsl/edit/head.ts";
import * as renaming from "../../dsl/edit/rename.ts";
import type { LayerNet, Net } from "../../dsl/net/net.ts";
import type { Language, Using } from "../../dsl/plan/language.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { languageOf } from "./_language.ts";

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
export function replace(
  net: Net,
  path: string,
  by: Net,
  using: Using = {},
): Result<Net> {
  return changing.replace(languageOf(using), net, path, by);
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
export function remove(net: Net, path: string, using: Using = {}): Result<Net> {
  return changing.remove(languageOf(using), net, path);
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
export function insertBefore(
  net: Net,
  path: string,
  part: Net,
  using: Using = {},
): Result<Net> {
  return changing.insertBefore(languageOf(using), net, path, part);
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
export function insertAfter(
  net: Net,
  path: string,
  part: Net,
  using: Using = {},
): Result<Net> {
  return changing.insertAfter(languageOf(using), net, path, part);
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
export function mapLayers(
  net: Net,
  change: (part: LayerNet, path: string) => Net,
  using: Using = {},
): Net {
  return changing.mapLayers(languageOf(using), net, change);
}

/**
 * The paths of all parts of a network, in the order in which planning names
 * them: named parts, layers and forks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, named, paths, residual } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const net = chain(conv(8), named("body", residual(chain(conv(8), relu()))));
 * assertEquals(paths(net), ["conv1", "body", "body.add1", "body.conv1", "body.relu1"]);
 * ```
 */
export function paths(net: Net, using: Using = {}): readonly string[] {
  return finding.paths(languageOf(using), net);
}

/**
 * The part of a network at a path, without the name that it has there. Fails
 * with the names that stand nearby when there is no such part.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { find, orThrow, stage } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const module = orThrow(find(attention56(), "stage1.module1"));
 * assertEquals(module.kind, "chain");
 *
 * const missing = find(attention56(), "stage1.modul1");
 * if (missing._tag === "Left") {
 *   assertEquals(missing.left[0]?.hint, 'did you mean "stage1.module1"?');
 * }
 * ```
 */
export function find(net: Net, path: string, using: Using = {}): Result<Net> {
  return finding.find(languageOf(using), net, path);
}

/**
 * The network without its head: everything before the first
 * `globalAveragePool` or `flatten`. It gives the last map, the features.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cutHead, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const features = orThrow(cutHead(attention56()));
 * assertEquals(orThrow(plan(features, [32, 32, 3])).output, [8, 8, 256]);
 * ```
 */
export function cutHead(net: Net): Result<Net> {
  return head.cutHead(net);
}

/**
 * The network with another number of classes: the width of its classifier, the
 * last dense layer, or the last convolution where only pooling comes after it.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { equal, orThrow, withClasses } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const hundred = orThrow(withClasses(attention56(), 100));
 * assert(equal(hundred, attention56({ classes: 100 })));
 * ```
 */
export function withClasses(
  net: Net,
  classes: number,
  using: Using = {},
): Result<Net> {
  return head.withClasses(languageOf(using), net, classes);
}

/**
 * The network with the parts at some paths frozen; all of it when no path is
 * given.
 * Another language comes last: `freeze(net, "stem", { language })`.
 *
 * @example Train the classifier alone
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { freeze, orThrow, params, plan, unfreeze } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const net = orThrow(unfreeze(orThrow(freeze(attention56())), "classifier"));
 * assertEquals(params(orThrow(plan(net, [32, 32, 3]))).trainable, 256 * 10 + 10);
 * ```
 */
export function freeze(net: Net, ...paths: readonly (string | Using)[]): Result<Net> {
  return freezing.freeze(
    languageIn(paths),
    net,
    ...paths.filter((path) => typeof path === "string"),
  );
}

/**
 * The network with the parts at some paths trained again; all of it when no
 * path is given.
 * Another language comes last: `unfreeze(net, "stem", { language })`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { equal, freeze, orThrow, unfreeze } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const frozen = orThrow(freeze(attention56(), "stem", "stage1"));
 * assert(equal(orThrow(unfreeze(frozen)), attention56()));
 * ```
 */
export function unfreeze(net: Net, ...paths: readonly (string | Using)[]): Result<Net> {
  return freezing.unfreeze(
    languageIn(paths),
    net,
    ...paths.filter((path) => typeof path === "string"),
  );
}

/**
 * The network in which the part at a path has this name. Siblings without a
 * name of their own are numbered anew. `transferWeights` takes weights to the
 * new paths.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow, paths, rename } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const net = orThrow(rename(chain(conv(8), relu(), conv(8)), "conv1", "stem"));
 * assertEquals(paths(net), ["stem", "relu1", "conv1"]);
 * ```
 */
export function rename(
  net: Net,
  path: string,
  name: string,
  using: Using = {},
): Result<Net> {
  return renaming.rename(languageOf(using), net, path, name);
}

function languageIn(given: readonly (string | Using)[]): Language {
  const others = given.filter((each) => typeof each !== "string");
  return others.map(languageOf).at(-1) ?? languageOf({});
}
