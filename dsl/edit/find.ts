/**
 * Finding parts of a network by the paths that planning gives them. A path
 * names a layer (`stem`, `stage1.bn1`), a fork (`stage1.unit1.add1`), a named
 * part (`stage1.module1`), or, when it is empty, the whole network.
 */
import { expected } from "../problem/expect.ts";
import type { Net } from "../net/net.ts";
import type { Language } from "../plan/language.ts";
import type { Problem } from "../problem/problem.ts";
import { fail, type Result, right } from "../problem/result.ts";
import { suggest } from "../problem/suggest.ts";
import { type Part, rebuild } from "./walk.ts";

/** As many names are listed in a problem at most. */
const LISTED = 12;

/**
 * The paths of all parts of a network, in the order in which planning names them: named parts, layers and forks.
 */
export function paths(language: Language, net: Net): readonly string[] {
  const found = new Set<string>();
  rebuild(language, net, (_, path) => void found.add(path));
  return [...found];
}

/** The part of a network at a path, without the name that it has there. */
export function find(language: Language, net: Net, path: string): Result<Net> {
  if (pathOf(path) === "") return right(net);
  let found: Net | undefined;
  rebuild(language, net, (part, at) => {
    if (at === path) found ??= part.kind === "named" ? part.net : part;
    return undefined;
  });
  return found === undefined ? fail(unknownPath(language, net, path)) : right(found);
}

/**
 * The network in which the part at a path has become what `change` makes of
 * it, a shared part at all of its places; the part still has its name. All
 * other parts are as they were.
 */
export function edit(
  language: Language,
  net: Net,
  path: string,
  change: (part: Net) => Net,
): Result<Net> {
  if (pathOf(path) === "") return right(change(net));
  const place = homeOf(language, net, path);
  if (place === undefined) return fail(unknownPath(language, net, path));
  const done = new Set<string>();
  return right(rebuild(language, net, (part: Part, at, home) => {
    if (home !== place || done.has(at)) return undefined;
    done.add(at);
    return change(part);
  }));
}

/** The path at which the part of a path is edited: of a shared part that of its first place; nothing where there is no part. */
export function homeOf(language: Language, net: Net, path: string): string | undefined {
  let place: string | undefined;
  rebuild(language, net, (_, at, home) => {
    if (at === path) place ??= home;
    return undefined;
  });
  return place;
}

function pathOf(path: string): string {
  const fits = (value: unknown) => typeof value === "string";
  return expected(path, { fits, wanted: "a path", hint: "paths(net) lists them all" });
}

/** That there is no part at a path, and what there is instead. */
export function unknownPath(language: Language, net: Net, path: string): Problem {
  const all = paths(language, net);
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
