/** The cost of a training step, held against the layers' own rules and against arithmetic. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  type Cost,
  cost,
  foldPlan,
  fork,
  freeze,
  type Graph,
  identity,
  type Net,
  orThrow,
  type Plan,
  plan,
  type Shape,
  trainingCost,
  trainingStep,
} from "../../mod.ts";
import { COST } from "../../dsl/interpreters/counts/cost.ts";
import { concatAll } from "../../dsl/problem/monoid.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { lower } from "../../dsl/programs/lower.ts";
import { operationCost } from "../../dsl/interpreters/counts/operation_cost.ts";
import {
  adaptiveAveragePool,
  averagePool,
  batchNorm,
  channelConv,
  channelPool,
  channelShuffle,
  conv,
  convTranspose,
  coordinateMask,
  dense,
  depthToSpace,
  dropout,
  flatten,
  gelu,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  hardSigmoid,
  hardSwish,
  l2Normalize,
  layerNorm,
  layerScale,
  type LayerType,
  leakyRelu,
  maxPool,
  pad,
  positionPool,
  prelu,
  relu,
  relu6,
  resize,
  resizeHalfPixel,
  resizeNearest,
  scale,
  sigmoid,
  silu,
  softmax,
  standardize,
  tanh,
} from "../../layers/mod.ts";
import { network } from "../../nets/zoo.ts";
import { classifiers } from "../_arbitraries.ts";

const BATCH = 3;
const SGD = { batch: BATCH, optimizer: { kind: "sgd" } } as const;

/** The operations of a forward pass, as layers lower to them, and their cost. */
function loweredCost(net: Net, input: Shape): Cost {
  const planned = orThrow(plan(net, input));
  const graph = new GraphBuilder();
  const images = graph.input("images", [BATCH, ...input]);
  const value = lower(graph, planned, images, "training");
  return costOf(graph.finish("forward", [{ name: "value", value }]));
}

function costOf({ nodes, shapes }: Graph): Cost {
  const of = (values: readonly number[]) => values.map((value) => shapes[value] ?? []);
  return concatAll(COST)(
    nodes.map(({ op, inputs, results }) => operationCost(op, of(inputs), of(results))),
  );
}

const map: Shape = [6, 5, 4];

/** A batch norm learns from statistics, dropout and stochastic depth draw: they do more in training. */
type InTraining = "batch_norm" | "coordinate_mask" | "dropout" | "stochastic_depth";
const SAMPLES: Readonly<Record<Exclude<LayerType, InTraining>, readonly [Net, Shape]>> = {
  adaptive_average_pool: [adaptiveAveragePool([4, 3]), map],
  average_pool: [averagePool(2, { stride: 1 }), map],
  channel_conv: [channelConv({ kernel: 3 }), [7]],
  channel_pool: [channelPool("mean"), map],
  channel_shuffle: [channelShuffle(2), map],
  conv_transpose: [convTranspose(3, { kernel: 3, bias: true }), map],
  conv: [conv(6, { kernel: [3, 2], stride: 2, groups: 2, bias: true }), map],
  dense: [dense(5), [7]],
  depth_to_space: [depthToSpace(2), map],
  flatten: [flatten(), map],
  gelu: [gelu(), map],
  global_average_pool: [globalAveragePool(), map],
  global_max_pool: [globalMaxPool(), map],
  group_norm: [groupNorm(2), map],
  hard_sigmoid: [hardSigmoid(), map],
  hard_swish: [hardSwish(), map],
  l2_normalize: [l2Normalize(), map],
  layer_norm: [layerNorm(), map],
  layer_scale: [layerScale(), map],
  leaky_relu: [leakyRelu(), map],
  max_pool: [maxPool(3, { stride: 2, ceil: true }), map],
  pad: [pad(2, { value: 1 }), map],
  position_pool: [positionPool("mean"), map],
  prelu: [prelu(), map],
  relu: [relu(), map],
  relu6: [relu6(), map],
  resize: [resize([9, 3]), map],
  resize_half_pixel: [resizeHalfPixel([12, 7]), map],
  resize_nearest: [resizeNearest([12, 7]), map],
  scale: [scale(0.2), map],
  sigmoid: [sigmoid(), map],
  silu: [silu(), map],
  softmax: [softmax(), [7]],
  standardize: [standardize(), map],
  tanh: [tanh(), map],
};

Deno.test("operations cost what the rules of the layers say that become them", () => {
  const merges = (["add", "subtract", "multiply", "maximum", "concat", "attend", "gate"] as const)
    .map((merge) => [fork(merge, relu(), sigmoid()), map] as const);
  const modulate = [fork("modulate", identity, globalAveragePool()), map] as const;
  const more = [
    [pad([1, 0, 2, 3], { mode: "reflect" }), map],
    [resizeHalfPixel([3, 25]), map],
    [resizeHalfPixel([9, 3]), map],
    [convTranspose("same", { kernel: 1, stride: [2, 3] }), map],
    [layerNorm({ over: "map", scale: false, shift: false }), map],
    [layerNorm({ shift: false }), [7]],
    [groupNorm(7), [7]],
    [adaptiveAveragePool([3, 5]), map],
    [prelu({ channelwise: false }), map],
    [channelPool("max"), map],
    [positionPool("max"), map],
    [fork("spread", channelPool("max"), globalAveragePool()), map],
    [conv("same", { kernel: 3, groups: "same" }), map],
  ] as const;
  const match = [fork("match", identity, averagePool(2)), map] as const;
  for (const [net, input] of [...Object.values(SAMPLES), ...more, ...merges, modulate, match]) {
    const { macs, flops } = cost(orThrow(plan(net, input)));
    assertEquals(
      loweredCost(net, input),
      { macs: BATCH * macs, flops: BATCH * flops },
      JSON.stringify(net),
    );
  }
});

Deno.test("a batch norm costs more in training than at inference, and dropout something", () => {
  const atInference = (net: Net) => BATCH * cost(orThrow(plan(net, map))).flops;
  for (const net of [batchNorm(), coordinateMask()]) {
    assert(loweredCost(net, map).flops > atInference(net));
  }
  assert(loweredCost(dropout(0.5), map).flops > atInference(dropout(0.5)));
});

/** The MACs on which the loss depends: of a branch that only gives its size, none do. */
function macsToTheLoss(planned: Plan): number {
  const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0);
  return foldPlan<number>(planned, {
    layer: ({ cost }) => cost.macs,
    chain: sum,
    fork: (branches, { merge }) => merge === "match" ? branches[1] ?? 0 : sum(branches),
  });
}

Deno.test("no part of a step has more MACs than the plan, and together they are the step, for any network", () => {
  fc.assert(
    fc.property(classifiers, ({ net, input }) => {
      const planned = orThrow(plan(net, input));
      const macs = BATCH * macsToTheLoss(planned);
      const step = trainingCost(trainingStep(planned, SGD));
      const { forward, inputGradient, filterGradient, update, total } = step;
      // Batch norms keep their statistics even where nothing else is needed of them.
      assert(macs <= forward.macs && forward.macs <= BATCH * cost(planned).macs);
      // Parallel convolutions of one input have the same gradient, which is computed once.
      assert(filterGradient.macs <= macs);
      assert(inputGradient.macs <= macs);
      assertEquals(update.macs, 0);
      assertEquals(total, concatAll(COST)([forward, inputGradient, filterGradient, update]));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a step of Attention-56 is three passes, but for the first layer's input gradient", () => {
  const { net, input } = orThrow(network("cifar/attention-56"));
  const planned = orThrow(plan(net, input));
  const { forward, inputGradient, filterGradient } = trainingCost(trainingStep(planned, SGD));
  const macs = BATCH * 122_825_216;
  const stem = BATCH * 442_368;
  assertEquals(
    [forward.macs, filterGradient.macs, inputGradient.macs],
    [macs, macs, macs - stem],
  );
});

const net = chain(
  conv(8, { kernel: 3 }),
  batchNorm(),
  relu(),
  conv(4, { kernel: 3, stride: 2, bias: true }),
  globalAveragePool(),
  dense(10),
);

Deno.test("trainingCost() tells the parts of a step from each other", () => {
  const [first, second, last] = [8 * 8 * 8 * 27, 4 * 4 * 4 * 72, 40];
  const step = trainingCost(trainingStep(orThrow(plan(net, [8, 8, 3])), SGD));
  assertEquals(step.forward.macs, BATCH * (first + second + last));
  assertEquals(step.filterGradient.macs, BATCH * (first + second + last));
  assertEquals(step.inputGradient.macs, BATCH * (second + last));
  const biases = BATCH * (4 * 4 * 4 + 10);
  assertEquals(step.filterGradient.flops, 2 * step.filterGradient.macs + biases);
  const parameters = 8 * 27 + 16 + 4 * 72 + 4 + 40 + 10;
  const statistics = 2 * 8;
  assertEquals(step.update.flops, 8 * parameters + 3 * statistics);
});

Deno.test("what is frozen costs no filter gradient and no update", () => {
  const whole = chain(conv(8, { kernel: 3 }), relu(), globalAveragePool(), dense(10));
  const frozen = orThrow(freeze(whole, "conv1"));
  const { filterGradient, inputGradient, update } = trainingCost(
    trainingStep(orThrow(plan(frozen, [8, 8, 3])), SGD),
  );
  assertEquals(filterGradient.macs, BATCH * 80);
  assertEquals(inputGradient.macs, 0);
  assertEquals(update.flops, 8 * 90);
});

Deno.test("AdamW's update costs more than that of SGD, and nothing else does", () => {
  const planned = orThrow(plan(net, [8, 8, 3]));
  const sgd = trainingCost(trainingStep(planned, SGD));
  const adamw = trainingCost(trainingStep(planned, { batch: BATCH, optimizer: { kind: "adamw" } }));
  assert(adamw.update.flops > sgd.update.flops);
  for (const part of ["forward", "inputGradient", "filterGradient"] as const) {
    assertEquals(adamw[part], sgd[part]);
  }
});
