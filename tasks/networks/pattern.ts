/** Networks of the zoo by how they are named: `cifar/*`, `*-bn`, or the beginning `imagenet/vgg`. */
import { ZOO_NAMES } from "../../nets/zoo.ts";
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
