/** The zoo: every network that has a name, with the input it is made for. */
import type { Net } from "../dsl/net.ts";
import { fail, type Result, right } from "../dsl/result.ts";
import type { Shape } from "../dsl/shape.ts";
import { closest } from "../dsl/suggest.ts";
import {
  attention128,
  attention164,
  attention20,
  attention236,
  attention452,
  attention56,
  attention92,
} from "./residual_attention.ts";

/** What can be chosen of a network in the zoo. */
export interface ZooOptions {
  /** Classes; the network's own by default. */
  readonly classes?: number;
  /** Input height, width and channels; the network's own by default. */
  readonly input?: Shape;
}

/** A network of the zoo, made. */
export interface ZooNetwork {
  /** Its name, such as `cifar/attention-56`. */
  readonly name: string;
  /** The network. */
  readonly net: Net;
  /** The input it is made for. */
  readonly input: Shape;
}

interface Entry {
  readonly classes: number;
  readonly input: Shape;
  readonly build: (options: Required<ZooOptions>) => Net;
}

const cifar = (build: Entry["build"]): Entry => ({
  classes: 10,
  input: [32, 32, 3],
  build,
});

const ZOO: Readonly<Record<string, Entry>> = {
  "cifar/attention-20": cifar(attention20),
  "cifar/attention-56": cifar(attention56),
  "cifar/attention-92": cifar(attention92),
  "cifar/attention-128": cifar(attention128),
  "cifar/attention-164": cifar(attention164),
  "cifar/attention-236": cifar(attention236),
  "cifar/attention-452": cifar(attention452),
};

/** The names of all networks in the zoo. */
export const ZOO_NAMES: readonly string[] = Object.keys(ZOO);

/**
 * The network of that name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { network } from "@netfold/netfold/nets";
 *
 * const { net, input } = orThrow(network("cifar/attention-92", { classes: 100 }));
 * assertEquals(depth(orThrow(plan(net, input))), 92);
 * ```
 */
export function network(
  name: string,
  options: ZooOptions = {},
): Result<ZooNetwork> {
  const entry = Object.hasOwn(ZOO, name) ? ZOO[name] : undefined;
  if (entry === undefined) {
    return fail({
      path: name,
      layer: "network",
      rule: "there is no network of this name",
      got: JSON.stringify(name),
      wanted: ZOO_NAMES.join(", "),
      hint: closest(name, ZOO_NAMES, ""),
    });
  }
  const { classes = entry.classes, input = entry.input } = options;
  return right({ name, net: entry.build({ classes, input }), input });
}
