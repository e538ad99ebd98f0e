/** Which trained network is tried, as an address holds it: a run's, or a pretrained one. */
import { PRETRAINED_NAMES } from "../../../networks/pretrained.ts";

/** The weights of a run: the best on images held out, or the last. */
export const WEIGHTS = ["best", "last"] as const;

export type Source =
  | { readonly kind: "pretrained"; readonly name: string }
  | { readonly kind: "run"; readonly name: string; readonly weights: typeof WEIGHTS[number] };

/** The network that an address names; a pretrained one when it names none. */
export function sourceOf(given: URLSearchParams): Source {
  const run = given.get("run");
  if (run === null) {
    return { kind: "pretrained", name: given.get("pretrained") ?? PRETRAINED_NAMES[0] ?? "" };
  }
  const weights = WEIGHTS.find((one) => one === given.get("weights")) ?? WEIGHTS[0];
  return { kind: "run", name: run, weights };
}

/** A network as the names and values of an address, of the page and of its checkpoint. */
export function paramsOf(source: Source): URLSearchParams {
  return new URLSearchParams(
    source.kind === "run"
      ? { run: source.name, weights: source.weights }
      : { pretrained: source.name },
  );
}
