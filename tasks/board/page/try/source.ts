/** Which trained network is tried, as an address holds it: a run's, or a pretrained one. */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { strangers } from "../address.ts";
import { PRETRAINED_NAMES } from "../../../networks/pretrained.ts";

/** The weights of a run: the best on images held out, or the last. */
export const WEIGHTS = ["best", "last"] as const;

export type Source =
  | { readonly kind: "pretrained"; readonly name: string }
  | { readonly kind: "run"; readonly name: string; readonly weights: string };

/** The network that an address names; a pretrained one when it names none. */
export function sourceOf(given: URLSearchParams): Source {
  const run = given.get("run");
  if (run === null) {
    return { kind: "pretrained", name: given.get("pretrained") ?? PRETRAINED_NAMES[0] ?? "" };
  }
  // What the board does not know it refuses by name.
  return { kind: "run", name: run, weights: given.get("weights") ?? WEIGHTS[0] };
}

/** What an address names beside a network. */
export function unknownIn(given: URLSearchParams): readonly Problem[] {
  return strangers(given, given.has("run") ? ["run", "weights"] : ["pretrained", "run"]);
}

/** A network as the names and values of an address, of the page and of its checkpoint. */
export function paramsOf(source: Source): URLSearchParams {
  return new URLSearchParams(
    source.kind === "run"
      ? { run: source.name, weights: source.weights }
      : { pretrained: source.name },
  );
}
