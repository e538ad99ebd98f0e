/**
 * Finding parts of a network by the paths that planning gives them. A path
 * names a layer (`stem`, `stage1.bn1`), a fork (`stage1.unit1.add1`), a named
 * part (`stage1.module1`), or, when it is empty, the whole network.
 */
import type { Net } from "../net/net.ts";
import type { Problem } from "../problem/problem.ts";
import { fail, type Result, right } from "../problem/result.ts";
import { suggest } from "../problem/suggest.ts";
import { type Part, rebuild } from "./walk.ts";

/** As many names are listed in a problem at most. */
const LISTED = 12;

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
export function paths(net: Net): readonly string[] {
  const found = new Set<string>();
  rebuild(net, (_, path) => void found.add(path));
  return [...found];
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
export function find(net: Net, path: string): Result<Net> {
  if (path === "") return right(net);
  let found: Net | undefined;
  rebuild(net, (part, at) => {
    if (at === path) found ??= part.kind === "named" ? part.net : part;
    return undefined;
  });
  return found === undefined ? fail(unknownPath(net, path)) : right(found);
}

/**
 * The network in which the part at a path has become what `change` makes of
 * it; the part still has its name. All other parts are as they were.
 */
export function edit(net: Net, path: string, change: (part: Net) => Net): Result<Net> {
  if (path === "") return right(change(net));
  let found = false;
  const edited = rebuild(net, (part: Part, at) => {
    if (found || at !== path) return undefined;
    found = true;
    return change(part);
  });
  return found ? right(edited) : fail(unknownPath(net, path));
}

/** That there is no part at a path, and what there is instead. */
export function unknownPath(net: Net, path: string): Problem {
  const all = paths(net);
  const segments = path.split(".");
  const depth = segments.findIndex((_, i) => !all.includes(segments.slice(0, i + 1).join(".")));
  const known = segments.slice(0, depth).join(".");
  const prefix = known === "" ? "" : `${known}.`;
  const siblings = all.filter((other) => other.startsWith(prefix))
    .map((other) => other.slice(prefix.length)).filter((name) => !name.includes("."));
  const more = siblings.length > LISTED ? ` and ${siblings.length - LISTED} more` : "";
  const near = suggest(segments[depth] ?? "", siblings);
  const whole = near === undefined ? "" : [prefix + near, ...segments.slice(depth + 1)].join(".");
  const meant = all.includes(whole) ? whole : `${prefix}${near}`;
  return {
    path,
    layer: "network",
    code: "unknown-path",
    rule: "there is no part at this path",
    got: JSON.stringify(path),
    wanted: siblings.length === 0
      ? `a part that exists; ${JSON.stringify(known)} holds none of its own`
      : `a part that exists; ${known === "" ? "the network" : JSON.stringify(known)} holds ${
        siblings.slice(0, LISTED).join(", ")
      }${more}`,
    hint: near === undefined
      ? "paths(net) lists them all"
      : `did you mean ${JSON.stringify(meant)}?`,
  };
}
