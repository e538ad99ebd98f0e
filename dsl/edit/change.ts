/**
 * Changes of a network at a path. Each gives a new value and leaves the old
 * one alone. Names that a person gave keep their paths, and with them their
 * weights; layers without a name are numbered anew among their like.
 */
import { expected, FUNCTION } from "../problem/expect.ts";
import { chain } from "../net/combinators.ts";
import { type LayerNet, NET, type Net } from "../net/net.ts";
import type { Language } from "../plan/language.ts";
import type { Result } from "../problem/result.ts";
import { edit } from "./find.ts";
import { rebuild, withBody } from "./walk.ts";

/** The network with another part at a path. */
export function replace(language: Language, net: Net, path: string, by: Net): Result<Net> {
  return edit(
    language,
    net,
    path,
    (part) => part.kind === "named" && path !== "" ? withBody(part, by) : by,
  );
}

/**
 * The network without the part at a path, which lets its input through: in a chain it is gone, as the branch of a fork it is the identity.
 */
export function remove(language: Language, net: Net, path: string): Result<Net> {
  return edit(language, net, path, () => chain());
}

/** The network with a part put before the one at a path, on the same branch. */
export function insertBefore(language: Language, net: Net, path: string, part: Net): Result<Net> {
  return edit(language, net, path, (there) => chain(part, there));
}

/** The network with a part put after the one at a path, on the same branch. */
export function insertAfter(language: Language, net: Net, path: string, part: Net): Result<Net> {
  return edit(language, net, path, (there) => chain(there, part));
}

/**
 * The network with every layer replaced by what `change` makes of it; it is given the layer and its
 * path, at each place of a shared part that of the first.
 *
 * @throws {ProblemError} When it makes no network of a layer.
 */
export function mapLayers(
  language: Language,
  net: Net,
  change: (part: LayerNet, path: string) => Net,
): Net {
  expected(change, FUNCTION, "change");
  return rebuild(
    language,
    net,
    (part, _, home) => part.kind === "layer" ? expected(change(part, home), NET, home) : undefined,
  );
}
