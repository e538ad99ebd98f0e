/** The networks whose training steps are held against PyTorch's. */
import { own } from "../_own.ts";
import {
  basic,
  chain,
  channel,
  fork,
  identity,
  mapLayers,
  named,
  type Net,
  orThrow,
  repeat,
  residual,
  spatial,
  stage,
} from "../../mod.ts";
import {
  averagePool,
  batchNorm,
  conv,
  type ConvOptions,
  dense,
  flatten,
  globalAveragePool,
  maxPool,
  type Pair,
  relu,
  scale,
  sigmoid,
} from "../../layers/mod.ts";
import { attention8, network, residualAttention, resnet, wideResnet } from "../../nets/mod.ts";
import { around, type Sample, sample, SAMPLES } from "../_samples.ts";

const classes = 10;

/** A convolution with its batch norm and rectifier. */
const unit = (width: number, options: ConvOptions = {}): Net =>
  chain(conv(width, options), batchNorm({ epsilon: 1e-3 }), relu());

const across: Pair = [1, 7];
const down: Pair = [7, 1];

/** Everything that Inception-ResNets are made of: long kernels, branches of several depths, scaled residuals. */
const inception = chain(
  unit(8, { kernel: 3, stride: 2, padding: "valid" }),
  fork(
    "concat",
    unit(6),
    chain(unit(4), unit(6, { kernel: 5 })),
    chain(averagePool(3, { stride: 1, padding: "same" }), unit(4)),
  ),
  residual(chain(
    fork("concat", unit(4), chain(unit(4), unit(5, { kernel: across }), unit(6, { kernel: down }))),
    conv(16, { bias: true }),
    scale(0.1),
  )),
  relu(),
  fork(
    "concat",
    unit(6, { kernel: 3, stride: 2, padding: "valid" }),
    chain(unit(4), unit(6, { kernel: 3, stride: 2, padding: "valid" })),
    maxPool(3, { stride: 2 }),
  ),
  globalAveragePool(),
  dense(classes),
);

const vgg = chain(
  ...[8, 16].map((width) =>
    chain(repeat(2, chain(conv(width, { kernel: 3, padding: 1, bias: true }), relu())), maxPool(2))
  ),
  flatten(),
  dense(32),
  relu(),
  named("classifier", dense(classes)),
);

const uneven = chain(
  conv(8, { kernel: [3, 2], stride: [2, 1], padding: [0, 2, 1, 1] }),
  batchNorm({ scale: false }),
  relu(),
  conv(12, { kernel: 3, dilation: 2, groups: 4 }),
  batchNorm({ shift: false, momentum: 0.7 }),
  relu(),
  maxPool([3, 2], { stride: 2, padding: "same" }),
  averagePool(3, { stride: 2, padding: [1, 0, 0, 1], ceil: true }),
  residual(chain(batchNorm(), sigmoid(), conv("same", { kernel: 3 })), identity),
  globalAveragePool(),
  dense(classes),
);

const narrow = { input: [16, 16, 3], widths: [8, 16], stem: 8, tail: 1, t: 1, classes } as const;

const { net: attention56, input } = orThrow(network("cifar/attention-56"));

/** The same paths without a kink: what is left of a difference in its gradients is rounding. */
const smooth = mapLayers(attention56, (part) => {
  const layer = own(part.layer);
  if (layer.type === "relu") return sigmoid();
  if (layer.type !== "max_pool") return part;
  const { window, stride, padding, ceil } = layer;
  return averagePool(window, { stride, padding, ceil });
});

/** Small networks. */
export const SMALL: readonly Sample[] = [
  ...SAMPLES,
  sample("a residual network", resnet({ units: [1, 1], unit: "basic", classes }), [32, 32, 3]),
  sample("a fast attention network", attention8({ widths: [16, 32, 48] }), [32, 32, 3]),
  sample("grouped bottlenecks", resnet({ units: [1], groups: 32, bottleneck: 2, classes }), [
    16,
    16,
    3,
  ]),
  sample("a wide residual network", wideResnet({ depth: 10, factor: 2 }), [16, 16, 3]),
  sample("a plain network of convolutions with biases", vgg, [16, 16, 3]),
  sample("Inception units", inception, [25, 25, 3]),
  sample("uneven windows, groups, dilation", uneven, [13, 10, 3]),
  sample(
    "attention of Inception units",
    residualAttention({ ...narrow, widths: [16, 32], unit: "inception" }),
    [16, 16, 3],
  ),
  sample(
    "channel masks",
    residualAttention({ ...narrow, activation: "channel", learning: "nal" }),
    [16, 16, 3],
  ),
  sample("spatial masks", residualAttention({ ...narrow, activation: "spatial" }), [16, 16, 3]),
  sample("local masks", residualAttention({ ...narrow, mask: "local" }), [16, 16, 3]),
  sample(
    "masks on maps of odd sides",
    around(stage(1, 1, 2, { depth: 2, unit: basic(), activation: spatial })),
    [13, 9, 3],
  ),
  sample(
    "channel masks on maps of odd sides",
    around(stage(1, 1, 1, { depth: 3, activation: channel })),
    [11, 15, 3],
  ),
];

/** Attention-56 as it is, and without kinks. */
export const LARGE: readonly Sample[] = [
  sample("cifar/attention-56", attention56, input),
  sample("cifar/attention-56 with sigmoids and average pools", smooth, input),
];
