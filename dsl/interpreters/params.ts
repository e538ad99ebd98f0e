/** Parameter counts, in the three ways in which papers count them. */
import { foldPlan, leaves } from "../fold.ts";
import type { Parameter } from "../layer.ts";
import type { Plan } from "../plan.ts";
import { sizeOf } from "../shape.ts";

/** How many numbers a network holds. */
export interface ParameterCounts {
  /** What an optimiser changes: weights, and the gammas and betas of batch norms. */
  readonly trainable: number;
  /** Kernels and biases of convolutions and dense layers. */
  readonly weights: number;
  /** Everything, running means and variances of batch norms included. */
  readonly total: number;
}

const NONE: ParameterCounts = { trainable: 0, weights: 0, total: 0 };

/** Whether an optimiser changes a parameter. */
export function isTrainable({ role }: Parameter): boolean {
  return role !== "running-mean" && role !== "running-variance";
}

/** The counts of some parameters. */
export function countParameters(parameters: readonly Parameter[]): ParameterCounts {
  let [trainable, weights, total] = [0, 0, 0];
  for (const parameter of parameters) {
    const size = sizeOf(parameter.shape);
    total += size;
    if (isTrainable(parameter)) trainable += size;
    if (parameter.role === "kernel" || parameter.role === "bias") weights += size;
  }
  return { trainable, weights, total };
}

/** The sum of counts. */
export function sumParameters(counts: readonly ParameterCounts[]): ParameterCounts {
  return counts.reduce(plus, NONE);
}

function plus(a: ParameterCounts, b: ParameterCounts): ParameterCounts {
  return {
    trainable: a.trainable + b.trainable,
    weights: a.weights + b.weights,
    total: a.total + b.total,
  };
}

/**
 * The parameter counts of a planned network.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const counts = params(orThrow(plan(attention56({ classes: 10 }), [32, 32, 3])));
 * assertEquals(counts, { trainable: 1_148_826, weights: 1_132_986, total: 1_164_666 });
 * ```
 */
export function params(plan: Plan): ParameterCounts {
  return foldPlan<ParameterCounts>(plan, {
    layer: ({ parameters }) => countParameters(parameters),
    chain: sumParameters,
    fork: sumParameters,
  });
}

/** A parameter with its full name, the key in every weight file. */
export interface NamedParameter extends Parameter {
  /** The layer's path, a dot, and the parameter's name. */
  readonly path: string;
}

/** Every parameter of a network by its full name, in the order of computation. */
export function parametersOf(plan: Plan): readonly NamedParameter[] {
  return leaves(plan).flatMap((leaf) =>
    leaf.kind === "layer"
      ? leaf.parameters.map((parameter) => ({
        ...parameter,
        path: leaf.path === "" ? parameter.name : `${leaf.path}.${parameter.name}`,
      }))
      : []
  );
}
