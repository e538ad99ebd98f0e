/**
 * Freezing: parts that training leaves as they are. No gradient is computed
 * for a frozen parameter and no optimiser keeps anything for it. A frozen batch
 * norm uses its running statistics in training too and leaves them alone, as
 * in Keras (`trainable = False` means inference mode); in PyTorch that takes
 * `requires_grad_(False)` and `eval()`. Dropout in a frozen part still draws.
 * Being frozen is part of the value: JSON keeps it.
 */
import { type Net, withFrozen } from "../net/net.ts";
import type { Problem } from "../problem/problem.ts";
import { left, type Result, right } from "../problem/result.ts";
import { mapLayers } from "./change.ts";
import { edit } from "./find.ts";

/**
 * The network with the parts at some paths frozen; all of it when no path is
 * given.
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
export function freeze(net: Net, ...paths: readonly string[]): Result<Net> {
  return setFrozen(net, paths, true);
}

/**
 * The network with the parts at some paths trained again; all of it when no
 * path is given.
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
export function unfreeze(net: Net, ...paths: readonly string[]): Result<Net> {
  return setFrozen(net, paths, false);
}

function setFrozen(net: Net, paths: readonly string[], isFrozen: boolean): Result<Net> {
  const set = (part: Net): Net =>
    mapLayers(
      part,
      (leaf) => (leaf.frozen ?? false) === isFrozen ? leaf : withFrozen(leaf, isFrozen),
    );
  const problems: Problem[] = [];
  let edited = net;
  for (const path of paths.length === 0 ? [""] : paths) {
    const next = edit(edited, path, set);
    if (next._tag === "Left") problems.push(...next.left);
    else edited = next.right;
  }
  return problems.length === 0 ? right(edited) : left(problems);
}
