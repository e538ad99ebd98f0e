/**
 * Freezing: parts that training leaves as they are. No gradient is computed
 * for a frozen parameter and no optimiser keeps anything for it. A frozen batch
 * norm uses its running statistics in training too and leaves them alone, as
 * in Keras (`trainable = False` means inference mode); in PyTorch that takes
 * `requires_grad_(False)` and `eval()`. Dropout in a frozen part still draws.
 * Being frozen is part of the value: JSON keeps it.
 */
import { type Net, withFrozen } from "../net/net.ts";
import type { Language } from "../plan/language.ts";
import type { Problem } from "../problem/problem.ts";
import { left, type Result, right } from "../problem/result.ts";
import { mapLayers } from "./change.ts";
import { edit } from "./find.ts";

/** The network with the parts at some paths frozen; all of it when no path is given. */
export function freeze(language: Language, net: Net, ...paths: readonly string[]): Result<Net> {
  return setFrozen(language, net, paths, true);
}

/** The network with the parts at some paths trained again; all of it when no path is given. */
export function unfreeze(language: Language, net: Net, ...paths: readonly string[]): Result<Net> {
  return setFrozen(language, net, paths, false);
}

function setFrozen(
  language: Language,
  net: Net,
  paths: readonly string[],
  isFrozen: boolean,
): Result<Net> {
  const set = (part: Net): Net =>
    mapLayers(
      language,
      part,
      (leaf) => (leaf.frozen ?? false) === isFrozen ? leaf : withFrozen(leaf, isFrozen),
    );
  const problems: Problem[] = [];
  let edited = net;
  for (const path of paths.length === 0 ? [""] : paths) {
    const next = edit(language, edited, path, set);
    if (next._tag === "Left") problems.push(...next.left);
    else edited = next.right;
  }
  return problems.length === 0 ? right(edited) : left(problems);
}
