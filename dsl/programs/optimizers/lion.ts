/**
 * Lion (Chen et al., Symbolic discovery of optimization algorithms, 2023): a step of the rate's
 * length in each direction, the sign of the momentum interpolated with the gradient.
 */
import { add, multiply, scale, sign, subtract } from "../../graph/arithmetic.ts";
import { decayOf } from "./fused.ts";
import { eachParameter, type Optimizer } from "./optimizer.ts";
import type { LionOptions } from "./options.ts";

/** Lion; keeps `@lion.m/PATH`. */
export function lionOf(options: LionOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0.01, decay = "kernels" } = options;
  return eachParameter({
    kind: "lion",
    update: ({ graph, rate }, { parameter, value, gradient, kept, keep }) => {
      const mixed = (share: number) =>
        add(graph, scale(graph, kept("m"), share), scale(graph, gradient, 1 - share));
      keep("m", mixed(beta2));
      const shrunk = scale(graph, value, decayOf(decay, weightDecay, parameter));
      const change = add(graph, sign(graph, mixed(beta1)), shrunk);
      return subtract(graph, value, multiply(graph, change, rate));
    },
  });
}
