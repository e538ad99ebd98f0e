/** Networks of the zoo by how they are named: `cifar/*`, `*-bn`, or the beginning `imagenet/vgg`. */
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { show } from "../../dsl/problem/show.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { PROGRAM } from "../program_name.ts";
import { isNetworkFile } from "./networks.ts";

/**
 * The networks that a text means which is the name of none: those that fit it, where `*` stands for
 * any characters, or those that begin with it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { namesLike } from "./pattern.ts";
 *
 * assertEquals(namesLike("*vgg-16*"), ["imagenet/vgg-16", "imagenet/vgg-16-bn"]);
 * assertEquals(namesLike("imagenet/densenet"), ["imagenet/densenet-121"]);
 * assertEquals(namesLike("imagenet/densenet-121"), []);
 * ```
 */
export function namesLike(text: string): readonly string[] {
  if (ZOO_NAMES.includes(text) || isNetworkFile(text)) return [];
  const pattern = text.includes("*") ? text : `${text}*`;
  return ZOO_NAMES.filter((name) => isLike(name, pattern));
}

/** What is wrong with a text that means no network: a pattern that nothing fits. */
export function checkPattern(text: string): Result<unknown> {
  if (!text.includes("*") || isNetworkFile(text) || namesLike(text).length > 0) return right(text);
  return fail({
    path: text,
    layer: "pattern",
    code: "unknown-network",
    rule: "no network of the zoo fits the pattern",
    got: show(text),
    wanted: `a pattern of the ${ZOO_NAMES.length} names, such as cifar/*`,
    hint: closest(text, COMMON, `${PROGRAM} summary lists the names`),
  });
}

/** How names begin up to a dash, and how they end from one: `imagenet/vgg*`, `*-bn`. */
const COMMON: readonly string[] = [
  ...new Set(
    ZOO_NAMES.flatMap((name) =>
      [...name.matchAll(/[-/]/g)].flatMap(({ 0: mark, index }) => [
        `${name.slice(0, mark === "/" ? index + 1 : index)}*`,
        `*${name.slice(index)}`,
      ])
    ),
  ),
];

/** Whether a name fits a pattern with at least one `*`. */
function isLike(name: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop() ?? "";
  if (!name.startsWith(first)) return false;
  let rest = name.slice(first.length);
  for (const part of others) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return rest.endsWith(last);
}
