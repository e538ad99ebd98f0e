/** Where the tensors of a source belong in a network, what of it starts anew, and what does not fit. */
import { classifierPath } from "../../dsl/edit/head.ts";
import { matchWeights, type WeightPair } from "../../dsl/edit/transfer.ts";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { agree, type Shape } from "../../dsl/net/shape.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { standard } from "../../layers/table.ts";
import type { Normalization } from "../data/normalize.ts";
import { type Problem, problemAt, type Result, unless } from "../fp.ts";
import type { RunConfig } from "./config.ts";

/** Weights that may be taken over. */
export interface Source {
  /** Where they come from, in words. */
  readonly name: string;
  readonly tensors: Tensors;
  readonly normalization?: Normalization;
  readonly classes?: readonly string[];
}

/** What is taken over, and the parameters that start anew. */
interface Placed {
  readonly tensors: Tensors;
  readonly anew: readonly string[];
}

/** A name that does not fit: what was found, and what is wanted. */
type Misfit = readonly [path: string, got: string, wanted: string];

/** The tensors of a source by the network's parameters; the classifier starts anew when its classes are others. */
export function placed(
  { name, tensors, classes: theirs }: Source,
  { net, language = standard }: RunConfig,
  { plan, classes }: { readonly plan: Plan; readonly classes: readonly string[] },
): Result<Placed> {
  const head = classifierPath(language, net);
  const isHead = (path: string): boolean =>
    head !== undefined && (head === "" || path.startsWith(`${head}.`));
  const names = [...tensors.keys()].filter((path) => !path.startsWith("@"));
  const { pairs, lost, homeless } = matchWeights(tensors, names.map((own) => [own, own]), plan);
  const unfit = pairs.filter((pair) => !fits(pair));
  const isOther = (theirs !== undefined && theirs.join("\n") !== classes.join("\n")) ||
    unfit.some(({ path }) => isHead(path));
  const mustFit = ({ path }: { readonly path: string }): boolean => !(isOther && isHead(path));
  const misfits: readonly Misfit[] = [
    ...unfit.filter(mustFit)
      .map(({ path, tensor, shape }) => [path, list(tensor.shape), list(shape)] as const),
    ...lost.filter(mustFit).map(({ path, shape }) => [path, "no tensor", list(shape)] as const),
    ...homeless.filter(([path]) => mustFit({ path }))
      .map(([path]) => [path, "a tensor", "no such parameter"] as const),
  ];
  const anew = parametersOf(plan).filter((parameter) => !mustFit(parameter));
  const isFrozen = anew.some(({ frozen }) => frozen === true);
  const problems = [
    ...misfits.length === 0 ? [] : [otherNetwork(name, misfits)],
    ...isFrozen ? [frozenAnew(name, `${head}`)] : [],
  ];
  return unless(problems, {
    tensors: new Map(pairs.filter(mustFit).map(({ path, tensor }) => [path, tensor])),
    anew: anew.map(({ path }) => path),
  });
}

function fits({ tensor, shape }: WeightPair): boolean {
  return agree(tensor.shape, shape);
}

function list(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

function otherNetwork(
  name: string,
  [[path, got, wanted] = ["", "", ""], ...more]: readonly Misfit[],
): Problem {
  return problemAt({ path: name, layer: "weights", code: "other-network" }, {
    rule: "every parameter but a classifier's of other classes must find its tensor",
    got: `${path}: ${got}${more.length === 0 ? "" : `, and ${more.length} more`}`,
    wanted,
    hint: "name the network that the weights were trained in, or in a script give what " +
      "transferWeights(tensors, plan, { map, rest }) makes of them",
  });
}

function frozenAnew(name: string, head: string): Problem {
  return problemAt({ path: name, layer: "weights", code: "frozen-at-start" }, {
    rule: "what starts anew must be trained",
    got: `${head}, frozen`,
    wanted: "a classifier of other classes that is trained",
    hint: `do not freeze ${head}`,
  });
}
