/** SGD and AdamW, each a single operation of the tensor program. */
import type { NamedParameter } from "../../plan/parameters.ts";
import type { Optimizer } from "./optimizer.ts";
import type { AdamWOptions, DecayScope, SgdOptions } from "./options.ts";

/** The weight decay of a parameter. */
export function decayOf(scope: DecayScope, decay: number, { role }: NamedParameter): number {
  return scope === "all" || role === "kernel" ? decay : 0;
}

/** Stochastic gradient descent; keeps `@momentum/PATH`. */
export function sgdOf(options: SgdOptions): Optimizer {
  const { momentum = 0.9, nesterov = true, decay = "all", weightDecay = 1e-4 } = options;
  return {
    kind: "sgd",
    update: ({ graph, rate }, trained) =>
      trained.map(({ parameter, value, gradient }) => {
        const { path, shape } = parameter;
        graph.at(path);
        const velocity = graph.state(`@momentum/${path}`, shape);
        const [next, nextVelocity] = graph.emit(
          { op: "sgd", momentum, nesterov, weightDecay: decayOf(decay, weightDecay, parameter) },
          [value, gradient, velocity, rate],
        );
        graph.update(`@momentum/${path}`, nextVelocity);
        return next;
      }),
  };
}

/** AdamW; keeps `@adam.m/PATH`, `@adam.v/PATH` and one count of steps, `@adam.step`. */
export function adamwOf(options: AdamWOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { decay = "kernels", weightDecay = 0.01 } = options;
  return {
    kind: "adamw",
    update: ({ graph, rate }, trained) =>
      trained.map(({ parameter, value, gradient }) => {
        const { path, shape } = parameter;
        graph.at(path);
        const first = graph.state(`@adam.m/${path}`, shape);
        const second = graph.state(`@adam.v/${path}`, shape);
        const done = graph.state("@adam.step", []);
        const step = graph.apply({ op: "add" }, [done, graph.constant(1, [])]);
        const own = decayOf(decay, weightDecay, parameter);
        const [next, nextFirst, nextSecond] = graph.emit(
          { op: "adamw", beta1, beta2, epsilon, weightDecay: own },
          [value, gradient, first, second, step, rate],
        );
        graph.update(`@adam.m/${path}`, nextFirst);
        graph.update(`@adam.v/${path}`, nextSecond);
        graph.update("@adam.step", step);
        return next;
      }),
  };
}
