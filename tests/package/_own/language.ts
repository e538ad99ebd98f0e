/** A user's own language: a layer with learnt parameters, a merge, and a network of both. */
import {
  chain,
  fork,
  layer,
  mergeRule,
  named,
  type Net,
  orThrow,
  type Plan,
  plan,
} from "@netfold/netfold";
import { pointwise, rule, sameShapes, standard } from "@netfold/netfold";
import { greater, maximum, multiply, scale, subtract } from "@netfold/netfold/graph";
import { batchNorm, conv, dense, globalAveragePool, maxPool, relu } from "@netfold/netfold/layers";

/** PReLU (He et al., 2015): a learnt slope for each channel below zero. */
interface Sloped {
  readonly type: "sloped";
}

const slopedRule = rule<Sloped>({
  ...pointwise(3),
  type: "sloped",
  label: "sloped",
  fields: {},
  parameters: (_, input) => [{
    name: "slope",
    shape: input.slice(-1),
    role: "scale",
    initializer: "ones",
    fanIn: 1,
    fanOut: 1,
  }],
  lower: (_, { graph, input, parameter }) => {
    const zero = graph.constant(0, []);
    const below = subtract(graph, input, maximum(graph, input, zero));
    const slope = scale(graph, parameter("slope"), 0.25);
    return graph.apply({ op: "add" }, [maximum(graph, input, zero), multiply(graph, below, slope)]);
  },
});

/** Maxout (Goodfellow et al., 2013): the larger of its branches, element by element. */
const maxoutRule = mergeRule({
  merge: "maxout",
  branches: "any",
  sign: "max",
  shape: sameShapes(),
  cost: (count, output) => ({ macs: 0, flops: (count - 1) * output.reduce((a, b) => a * b, 1) }),
  lower: (graph, branches) =>
    branches.reduce((a, b) => {
      const isGreater = greater(graph, a, b);
      const kept = multiply(graph, subtract(graph, a, b), isGreater);
      return graph.apply({ op: "add" }, [b, kept]);
    }),
});

export const language = standard.with(slopedRule, maxoutRule);

const sloped: Net = layer<Sloped>({ type: "sloped" });

export const net: Net = chain(
  named("stem", chain(conv(8, { kernel: 3, stride: 2 }), batchNorm(), sloped)),
  fork("maxout", conv(8, { kernel: 3 }), conv(8, { kernel: 1 })),
  maxPool(2),
  relu(),
  globalAveragePool(),
  dense(10),
);

export const input = [32, 32, 3] as const;

export const planned: Plan = orThrow(plan(net, input, { language }));
