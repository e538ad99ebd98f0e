/** Small networks in which every layer and merge stands, for comparisons with other libraries. */
import {
  arl,
  bam,
  basic,
  cbam,
  chain,
  channel,
  coordinateAttention,
  eca,
  fork,
  hourglass,
  identity,
  mask,
  matchSize,
  type Net,
  orThrow,
  type Plan,
  plan,
  preactivation,
  repeat,
  residual,
  type Shape,
  shared,
  spatial,
  squeezeExcite,
  stage,
} from "../mod.ts";
import {
  adaptiveAveragePool,
  averagePool,
  batchNorm,
  channelShuffle,
  conv,
  convTranspose,
  dense,
  depthToSpace,
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
  sigmoid,
  silu,
  softmax,
  tanh,
} from "../layers/mod.ts";
import { residualAttention } from "../nets/mod.ts";

const CLASSES = 5;

const bare = () => batchNorm({ scale: false });

/** Several batch norms of one width without a parameter that tells them apart. */
const alike = chain(
  conv(6, { kernel: 3, padding: 1 }),
  maxPool(2),
  bare(),
  relu(),
  residual(chain(bare(), relu(), conv("same", { kernel: 3, padding: 1 }))),
  batchNorm({ scale: false, shift: false }),
  relu(),
  residual(chain(batchNorm({ scale: false, shift: false }), relu(), conv("same"))),
  globalAveragePool(),
  dense(CLASSES),
);

/** Windows side by side on wide maps of odd sides, many of whose pixels are equal. */
const sideBySide = chain(
  conv(16, { kernel: 3, padding: 1 }),
  conv(32, { kernel: 3, padding: 1 }),
  relu(),
  maxPool(2),
  conv(16, { kernel: 3, padding: 1 }),
  relu(),
  maxPool([2, 3]),
  conv(16, { kernel: 3, padding: 1 }),
  globalAveragePool(),
  dense(CLASSES),
);

/** Smooth rectifiers, and the largest value of each map. */
const smooth = chain(
  conv(16, { kernel: 3, padding: 1 }),
  batchNorm(),
  gelu(),
  conv(16, { kernel: 3, padding: 1 }),
  batchNorm(),
  silu(),
  globalMaxPool(),
  dense(CLASSES),
);

/** Rectifiers and squashings that are made of operations, and masks that are repeated. */
export const composed: Net = chain(
  conv(16, { kernel: 3, padding: 1 }),
  prelu(),
  fork("maximum", conv(16), chain(conv(16), tanh()), leakyRelu({ slope: 0.2 })),
  fork("subtract", conv(16), chain(conv(16), hardSwish())),
  fork("modulate", relu6(), chain(globalAveragePool(), dense("same"), hardSigmoid())),
  fork("modulate", prelu({ channelwise: false }), chain(conv(1, { kernel: 3 }), sigmoid())),
  globalAveragePool(),
  prelu({ channelwise: false }),
  dense(CLASSES),
);

/** Norms of each sample alone, on maps and on a vector, and pools to a size. */
export const normed: Net = chain(
  conv(16, { kernel: 3, padding: 1 }),
  layerNorm(),
  gelu(),
  residual(chain(conv("same", { kernel: 3 }), groupNorm(4), silu(), layerScale({ start: 0.5 }))),
  adaptiveAveragePool([5, 3]),
  conv(16, { bias: true }),
  layerNorm({ over: "map", epsilon: 1e-6 }),
  relu(),
  adaptiveAveragePool([2, 1]),
  flatten(),
  dense(8),
  groupNorm(2, { shift: false }),
  layerNorm({ scale: false, shift: false }),
  dense(CLASSES),
);

/** Two pools through one perceptron, and a unit that is applied twice. */
export const tied: Net = chain(
  conv(16, { kernel: 3, padding: 1 }),
  repeat(2, shared("step", residual(chain(batchNorm(), relu(), conv("same", { kernel: 3 }))))),
  fork(
    "modulate",
    identity,
    chain(
      fork(
        "add",
        ...[globalAveragePool(), globalMaxPool()].map((pool) =>
          chain(pool, shared("mlp", chain(dense(4), relu(), dense(16))))
        ),
      ),
      sigmoid(),
    ),
  ),
  fork("maximum", shared("last", conv(8)), chain(tanh(), shared("last", conv(8)))),
  globalAveragePool(),
  dense(CLASSES),
);

/** Squeeze-and-excitation and its kin. */
export const excited: Net = chain(
  conv(16, { kernel: 3, padding: 1 }),
  residual(chain(batchNorm(), relu(), conv("same", { kernel: 3 }), squeezeExcite({ ratio: 4 }))),
  cbam({ ratio: 4, kernel: 5 }),
  conv(24),
  fork("modulate", identity, chain(positionPool("max"), tanh())),
  eca(),
  conv(16),
  coordinateAttention({ ratio: 4, least: 2 }),
  // Means of few positions differ enough for a batch norm of four of them.
  conv(16, { kernel: 3, stride: 4 }),
  bam({ ratio: 4, dilation: 1 }),
  globalAveragePool(),
  dense(CLASSES),
);

/** Maps that are made larger and smaller, and whose pixels and channels change places. */
export const resized: Net = chain(
  pad([1, 2, 0, 3], { value: 0.5 }),
  conv(8, { kernel: 3, stride: 2 }),
  relu(),
  convTranspose(16, { kernel: 3, bias: true }),
  channelShuffle(4),
  fork(
    "concat",
    depthToSpace(2),
    chain(conv(4), resizeNearest(24)),
    chain(conv(4), resizeHalfPixel({ factor: 2 })),
  ),
  conv(16, { stride: 2 }),
  resizeHalfPixel([5, 7]),
  convTranspose("same", { groups: "same" }),
  tanh(),
  resizeNearest({ factor: [0.75, 0.4] }),
  pad(2, { mode: "reflect" }),
  convTranspose("same", { kernel: 2, stride: 3, padding: [1, 0, 0, 2] }),
  convTranspose(8, { kernel: 1, stride: 2, groups: 4 }),
  conv(8, { kernel: 3, stride: 3 }),
  globalAveragePool(),
  channelShuffle(2),
  dense(CLASSES),
);

const plain = chain(
  conv(6, { kernel: 3, bias: true }),
  relu(),
  conv(8, { kernel: 3, padding: 1, stride: 2 }),
  batchNorm(),
  relu(),
  maxPool(2),
  conv(6, { kernel: [1, 2], padding: "same", bias: true }),
  sigmoid(),
  flatten(),
  dense(7, { bias: false }),
  batchNorm({ scale: false }),
  relu(),
  dense(CLASSES),
);

/** Every merge and pooling; all widths are multiples of one. */
const merges = (one: number): Net =>
  chain(
    conv(4 * one, { kernel: 3, padding: 1 }),
    residual(chain(batchNorm(), relu(), conv("same", { kernel: 3, padding: 1 }))),
    fork("concat", averagePool(3, { stride: 1, padding: 1 }), conv(2 * one)),
    fork("multiply", conv("same"), sigmoid()),
    fork("add", averagePool(2), maxPool(2, { ceil: true }), conv("same", { kernel: 2, stride: 2 })),
    matchSize(chain(maxPool(3, { stride: 2, padding: 1 }), conv("same"))),
    fork("attend", conv(4 * one), chain(conv(4 * one), l2Normalize())),
    fork("gate", conv("same"), chain(batchNorm(), softmax())),
    resize([3, 5]),
    globalAveragePool(),
    dense(CLASSES),
  );

const large = chain(
  conv(16, { kernel: 3, padding: 1 }),
  conv("same"),
  batchNorm(),
  relu(),
  maxPool(4),
  conv("same", { kernel: 3 }),
  globalAveragePool(),
  dense(CLASSES),
);

/** A network around one attention module. */
export const around = (module: Net): Net =>
  chain(
    conv(8, { kernel: 3, padding: 1 }),
    module,
    preactivation({ width: 12, stride: 2, bottleneck: 2 }),
    batchNorm(),
    relu(),
    globalAveragePool(),
    dense(CLASSES),
  );

const unit = preactivation({ bottleneck: 2 });

const family = (widths: readonly [number, number]): Net =>
  residualAttention({ input: [16, 16, 3], classes: CLASSES, widths, stem: widths[0], tail: 1 });

/** A network on an input. */
export interface Sample {
  /** What is special about it. */
  readonly name: string;
  /** The network. */
  readonly plan: Plan;
}

/** Plans a sample. */
export const sample = (name: string, net: Net, input: Shape): Sample => ({
  name,
  plan: orThrow(plan(net, input)),
});

/**
 * Networks that TensorFlow.js can train: without groups, and on square maps, for
 * of others its gradient of resizing mistakes height for width.
 */
export const SAMPLES: readonly Sample[] = [
  sample("a plain network", plain, [9, 9, 3]),
  sample("every merge and pooling", merges(1), [8, 8, 3]),
  // Some engines order wide maps otherwise, in blocks of 16 channels.
  sample("every merge and pooling of wide maps", merges(8), [6, 6, 3]),
  sample("batch norms that are alike", alike, [9, 9, 3]),
  sample("pools side by side", sideBySide, [13, 11, 3]),
  sample("smooth rectifiers and the largest of each map", smooth, [8, 8, 3]),
  sample("rectifiers and masks made of operations", composed, [8, 8, 3]),
  sample("norms of each sample and pools to a size", normed, [8, 8, 3]),
  sample("parts that share their parameters", tied, [8, 8, 3]),
  sample("maps made larger and smaller", resized, [8, 8, 3]),
  sample("squeeze-and-excitation and its kin", excited, [8, 8, 3]),
  sample("mixed attention", around(stage(1, 1, 1, { depth: 2, unit })), [8, 8, 3]),
  sample(
    "channel attention",
    around(stage(0, 1, 1, { depth: 1, unit: basic(), activation: channel })),
    [8, 8, 3],
  ),
  sample(
    "naive spatial attention",
    around(stage(0, 1, 1, { depth: 1, unit, activation: spatial, learning: "nal" })),
    [7, 7, 3],
  ),
  sample("a local mask", around(stage(0, 1, 1, { unit, mask: "local" })), [8, 8, 3]),
  sample(
    "a mask on a trunk of convolutions",
    around(arl(repeat(2, conv("same")), mask(hourglass({ depth: 1, unit: basic() })))),
    [8, 8, 3],
  ),
  sample("a narrow attention network", family([4, 8]), [16, 16, 3]),
  sample("batch norm on large wide maps", large, [40, 48, 3]),
  sample("a wide attention network", family([32, 64]), [16, 16, 3]),
];
