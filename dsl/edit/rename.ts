/** Another name for a part, and with it other paths for all that it holds. */
import { named } from "../net/combinators.ts";
import type { Net } from "../net/net.ts";
import { fail, type Result, right } from "../problem/result.ts";
import { edit, paths } from "./find.ts";

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
export function rename(net: Net, path: string, name: string): Result<Net> {
  const problem = (code: string, rule: string, wanted: string) =>
    fail({
      path,
      layer: "network",
      code,
      rule,
      got: `${name}`,
      wanted,
      hint: "choose another name",
    });
  if (typeof name !== "string" || !/^[A-Za-z][\w-]*$/.test(name)) {
    return problem(
      "invalid-name",
      "a name is one segment of a path",
      "a letter, then letters, digits, _ or -",
    );
  }
  let added = 0;
  const renamed = edit(net, path, (part) => {
    // A fork keeps its own path, below the name.
    if (part.kind !== "named" && part.kind !== "layer") added = 1;
    return named(name, part.kind === "named" ? part.net : part);
  });
  if (renamed._tag === "Left") return renamed;
  return paths(renamed.right).length < paths(net).length + added
    ? problem("name-taken", "siblings have different names", "a name that no part beside it has")
    : right(renamed.right);
}
