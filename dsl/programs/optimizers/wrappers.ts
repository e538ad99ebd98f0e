/** Optimisers around another: gradients clipped before it, weights averaged behind it. */
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  shift,
  subtract,
} from "../../graph/arithmetic.ts";
import { norm } from "../../graph/compose.ts";
import type { ValueId } from "../../graph/graph.ts";
import { isMoving, type NamedParameter } from "../../plan/parameters.ts";
import { nextOf, type Optimizer } from "./optimizer.ts";

/** How the names of averages begin; what they are of follows. */
export const AVERAGE = "@average/";
/** How many steps an average is of, there once it is kept. */
export const AVERAGED_STEPS = "@average.step";

/** Scales all gradients down together when their common norm is above `largest`. */
export function clipOf(largest: number, inner: Optimizer): Optimizer {
  return {
    ...inner,
    kind: "clip",
    update: (step, trained) => {
      const { graph } = step;
      graph.at("clip");
      const length = norm(graph, ...trained.map(({ gradient }) => gradient));
      const limit = graph.constant(largest, []);
      const factor = divide(graph, limit, maximum(graph, length, limit));
      const clipped = trained.map(({ gradient, ...rest }) => ({
        ...rest,
        gradient: multiply(graph, gradient, factor),
      }));
      return nextOf(inner, step, clipped);
    },
  };
}

/**
 * Keeps a running average of the weights and of running statistics, `@average/PATH`: their mean
 * over the first 1 / (1 - keep) steps, then a share `keep` of the average each step. The averages
 * are what is measured and kept as the best weights. What is inside has no average of its own.
 */
export function averageOf(keep: number, inner: Optimizer): Optimizer {
  return {
    kind: "ema",
    update: (step, trained) => {
      const { graph, parameters = [] } = step;
      const next = nextOf(inner, step, trained);
      graph.at("ema");
      const done = graph.state(AVERAGED_STEPS, []);
      const count = shift(graph, done, 1);
      graph.update(AVERAGED_STEPS, count);
      const share = minimum(graph, divide(graph, done, count), graph.constant(keep, []));
      const keepAverage = ({ path, shape }: NamedParameter, value: ValueId): void => {
        const behind = subtract(graph, graph.state(`${AVERAGE}${path}`, shape), value);
        graph.update(`${AVERAGE}${path}`, add(graph, value, multiply(graph, behind, share)));
      };
      trained.forEach(({ parameter }, i) => keepAverage(parameter, next[i] ?? NaN));
      // Layers have moved their statistics by now.
      const moved = new Map(graph.finish("ema", []).state.map(({ name, after }) => [name, after]));
      for (const statistic of parameters.filter(isMoving)) {
        const { path, shape } = statistic;
        keepAverage(statistic, moved.get(path) ?? graph.state(path, shape));
      }
      return next;
    },
    weights: (state) =>
      new Map(
        [...state].map(([name, tensor]) => [name, state.get(`${AVERAGE}${name}`) ?? tensor]),
      ),
  };
}
