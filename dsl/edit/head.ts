/**
 * The head of a classifier: what makes a vector of the last map, and
 * everything after it. It is looked for on the main line, not inside forks.
 */
import { chain } from "../net/combinators.ts";
import { show } from "../problem/show.ts";
import { layer, type LayerNet, type Net, part, withFrozen } from "../net/net.ts";
import type { Language } from "../plan/language.ts";
import { fail, type Result, right } from "../problem/result.ts";
import { mapLayers } from "./change.ts";
import { mainLine, type Part, withBody } from "./walk.ts";

/** The layers that make a vector of a map. */
const VECTORS: ReadonlySet<string> = new Set(["global_average_pool", "global_max_pool", "flatten"]);

/** The path at which a network's head begins; nothing when it has none. */
export function headPath(language: Language, net: Net): string | undefined {
  return mainLine(language, net).find(({ part }) => makesVector(part))?.path;
}

function makesVector(part: Part): boolean {
  return part.kind === "layer" && VECTORS.has(part.layer.type);
}

/** The network without its head: everything before the first `globalAveragePool`, `globalMaxPool` or `flatten`. */
export function cutHead(net: Net): Result<Net> {
  const { kept, cut } = before(part(net));
  return cut ? right(kept) : fail({
    path: "",
    layer: "network",
    code: "no-head",
    rule: "the network has no head to cut",
    got: "no layer on its main line that makes a vector of a map",
    wanted: "globalAveragePool(), globalMaxPool() or flatten(), and what follows it",
    hint: "remove parts by their paths with remove()",
  });
}

/** What stands before the head, and whether a head was found. */
function before(net: Net): { readonly kept: Net; readonly cut: boolean } {
  switch (net.kind) {
    case "layer":
      return makesVector(net) ? { kept: chain(), cut: true } : { kept: net, cut: false };
    case "fork":
      return { kept: net, cut: false };
    case "named": {
      const { kept, cut } = before(net.net);
      if (!cut) return { kept: net, cut };
      const isEmpty = kept.kind === "chain" && kept.nets.length === 0;
      return { kept: isEmpty ? kept : withBody(net, kept), cut };
    }
    case "chain": {
      const kept: Net[] = [];
      for (const part of net.nets) {
        const inside = before(part);
        kept.push(inside.kept);
        if (inside.cut) return { kept: chain(...kept), cut: true };
      }
      return { kept: net, cut: false };
    }
  }
}

/**
 * The network with another number of classes: the width of its classifier, the last dense layer, or the last convolution where only pooling comes after it.
 */
export function withClasses(language: Language, net: Net, classes: number): Result<Net> {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    return fail({
      path: "",
      layer: "network",
      code: "invalid-number",
      rule: "classes are counted",
      got: show(classes),
      wanted: "a whole number of at least 1",
      hint: "",
    });
  }
  const path = classifierPath(language, net);
  if (path === undefined) {
    return fail({
      path: "",
      layer: "network",
      code: "no-classifier",
      rule: "the network must end in a classifier",
      got: "no dense layer, and no convolution before pooling, at the end of its main line",
      wanted: "a last layer whose width is the number of classes",
      hint: "add one, such as chain(net, globalAveragePool(), dense(10))",
    });
  }
  return right(mapLayers(language, net, (part, at) => at === path ? widened(part, classes) : part));
}

function widened({ layer: configuration, frozen }: LayerNet, width: number): Net {
  return withFrozen(layer({ ...configuration, width }), frozen === true);
}

/** The path of the layer whose width is the number of classes; nothing when the network ends in none. */
export function classifierPath(language: Language, net: Net): string | undefined {
  let pooled = false;
  for (const { part, path } of mainLine(language, net).toReversed()) {
    if (part.kind !== "layer") return undefined;
    const { type } = part.layer;
    if (type === "dense" || (type === "conv" && pooled)) return path;
    if (type === "conv") return undefined;
    pooled ||= makesVector(part);
  }
  return undefined;
}
