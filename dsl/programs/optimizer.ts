/**
 * Optimisers, as operations of the tensor program. What they keep between
 * steps is state beside the parameters, under names that begin with `@`, which
 * no part of a network can have.
 */
import type { Parameter } from "../plan/rule.ts";
import type { NamedParameter } from "../plan/parameters.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

/** How the names begin of what an optimiser keeps; no part of a network can be named so. */
export const OPTIMIZER_PREFIX = "@";

/** Which parameters weight decay shrinks: all, as in the paper, or kernels only. */
export type DecayScope = "all" | "kernels";

/** Stochastic gradient descent with momentum; weight decay is part of the gradient. */
export interface SgdOptions {
  /** The tag. */
  readonly kind: "sgd";
  /** The share of the last step that is kept; 0.9 by default. */
  readonly momentum?: number;
  /** Nesterov's variant; by default it is. */
  readonly nesterov?: boolean;
  /** Weight decay; 1e-4 by default. */
  readonly weightDecay?: number;
  /** What is decayed; everything by default. */
  readonly decay?: DecayScope;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export interface AdamWOptions {
  /** The tag. */
  readonly kind: "adamw";
  /** Decay of the first moment; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the second moment; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** Weight decay; 0.01 by default. */
  readonly weightDecay?: number;
  /** What is decayed; kernels by default. */
  readonly decay?: DecayScope;
}

/** How parameters are changed. */
export type OptimizerOptions = SgdOptions | AdamWOptions;

/** A parameter's values in the program. */
export interface Update {
  /** The parameter. */
  readonly value: ValueId;
  /** Its gradient. */
  readonly gradient: ValueId;
  /** The learning rate, a scalar. */
  readonly rate: ValueId;
}

/** Adds the update of one parameter. */
export function updateParameter(
  graph: GraphBuilder,
  options: OptimizerOptions,
  parameter: NamedParameter,
  { value, gradient, rate }: Update,
): void {
  const { path, shape } = parameter;
  switch (options.kind) {
    case "sgd": {
      const { momentum = 0.9, nesterov = true, decay = "all" } = options;
      const weightDecay = decays(decay, parameter) ? options.weightDecay ?? 1e-4 : 0;
      const velocity = graph.state(`@momentum/${path}`, shape);
      const [next, nextVelocity] = graph.emit(
        { op: "sgd", momentum, nesterov, weightDecay },
        [value, gradient, velocity, rate],
      );
      graph.update(path, next);
      graph.update(`@momentum/${path}`, nextVelocity);
      return;
    }
    case "adamw": {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = "kernels" } = options;
      const weightDecay = decays(decay, parameter) ? options.weightDecay ?? 0.01 : 0;
      const first = graph.state(`@adam.m/${path}`, shape);
      const second = graph.state(`@adam.v/${path}`, shape);
      const step = graph.apply(
        { op: "add" },
        [graph.state("@adam.step", []), graph.constant(1, [])],
      );
      const [next, nextFirst, nextSecond] = graph.emit(
        { op: "adamw", beta1, beta2, epsilon, weightDecay },
        [value, gradient, first, second, step, rate],
      );
      graph.update(path, next);
      graph.update(`@adam.m/${path}`, nextFirst);
      graph.update(`@adam.v/${path}`, nextSecond);
      graph.update("@adam.step", step);
      return;
    }
  }
}

function decays(scope: DecayScope, { role }: Parameter): boolean {
  return scope === "all" || role === "kernel";
}
