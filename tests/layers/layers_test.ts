/** Every layer: its shape, parameters and cost. */
import { assertEquals } from "@std/assert";
import { cost, type Net, orThrow, parametersOf, plan, ratio, type Shape } from "../../mod.ts";
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
  stochasticDepth,
  tanh,
} from "../../layers/mod.ts";
import type { LAYERS } from "../../layers/table.ts";

interface Row {
  readonly net: Net;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters?: Readonly<Record<string, Shape>>;
  readonly macs?: number;
  readonly flops: number;
}

/** One row or several for every type of layer. */
const TABLE: Readonly<Record<keyof typeof LAYERS, readonly Row[]>> = {
  adaptive_average_pool: [
    { net: adaptiveAveragePool([2, 3]), input: [4, 6, 5], output: [2, 3, 5], flops: 120 },
    // Rows 0-2 and 2-4 of 5, then columns 0-1, 1-2 and 2-3 of 4 twice.
    {
      net: adaptiveAveragePool([2, 3]),
      input: [5, 4, 2],
      output: [2, 3, 2],
      flops: 2 * (6 * 4 + 2 * 6),
    },
  ],
  average_pool: [
    { net: averagePool(2), input: [8, 6, 3], output: [4, 3, 3], flops: 4 * 36 },
    { net: averagePool([4, 1]), input: [8, 6, 3], output: [2, 6, 3], flops: 4 * 36 },
  ],
  batch_norm: [
    {
      net: batchNorm(),
      input: [4, 4, 3],
      output: [4, 4, 3],
      parameters: { "bn1.gamma": [3], "bn1.beta": [3], "bn1.mean": [3], "bn1.variance": [3] },
      flops: 96,
    },
    {
      net: batchNorm({ scale: false, shift: false }),
      input: [5],
      output: [5],
      parameters: { "bn1.mean": [5], "bn1.variance": [5] },
      flops: 10,
    },
  ],
  channel_conv: [
    {
      net: channelConv({ kernel: 5 }),
      input: [8],
      output: [8],
      parameters: { "channelconv1.kernel": [1, 5, 1, 1] },
      macs: 40,
      flops: 80,
    },
  ],
  channel_pool: [
    { net: channelPool("max"), input: [4, 3, 6], output: [4, 3, 1], flops: 72 },
    { net: channelPool("mean"), input: [4, 3, 6], output: [4, 3, 1], flops: 72 + 12 },
  ],
  channel_shuffle: [{ net: channelShuffle(2), input: [4, 4, 6], output: [4, 4, 6], flops: 0 }],
  conv_transpose: [
    {
      net: convTranspose(4, { kernel: 3, stride: 2, bias: true }),
      input: [5, 4, 6],
      output: [10, 8, 4],
      parameters: { "deconv1.kernel": [3, 3, 4, 6], "deconv1.bias": [4] },
      macs: 5 * 4 * 9 * 4 * 6,
      flops: 2 * 5 * 4 * 9 * 4 * 6 + 10 * 8 * 4,
    },
    {
      net: convTranspose("same", { kernel: [3, 2], stride: [1, 3], padding: [1, 0, 0, 0] }),
      input: [5, 4, 2],
      output: [6, 11, 2],
      parameters: { "deconv1.kernel": [3, 2, 2, 2] },
      macs: 5 * 4 * 6 * 4,
      flops: 2 * 5 * 4 * 6 * 4,
    },
    {
      net: convTranspose(6, { kernel: 3, groups: 2 }),
      input: [5, 4, 4],
      output: [10, 8, 6],
      parameters: { "deconv1.kernel": [3, 3, 3, 4] },
      macs: 5 * 4 * 9 * 4 * 3,
      flops: 2 * 5 * 4 * 9 * 4 * 3,
    },
    {
      net: convTranspose("same", { groups: "same" }),
      input: [5, 4, 6],
      output: [10, 8, 6],
      parameters: { "deconv1.kernel": [2, 2, 1, 6] },
      macs: 5 * 4 * 4 * 6,
      flops: 2 * 5 * 4 * 4 * 6,
    },
  ],
  conv: [
    {
      net: conv(16, { kernel: 3, stride: 2, padding: 1 }),
      input: [32, 32, 3],
      output: [16, 16, 16],
      parameters: { "conv1.kernel": [3, 3, 3, 16] },
      macs: 16 * 16 * 16 * 27,
      flops: 2 * 16 * 16 * 16 * 27,
    },
    {
      net: conv(ratio(2, 1), { kernel: 3, groups: "same" }),
      input: [5, 5, 6],
      output: [5, 5, 12],
      parameters: { "conv1.kernel": [3, 3, 1, 12] },
      macs: 5 * 5 * 12 * 9,
      flops: 2 * 5 * 5 * 12 * 9,
    },
    {
      net: conv(ratio(3, 2), { kernel: [1, 3], groups: 2, bias: true }),
      input: [4, 5, 8],
      output: [4, 5, 12],
      parameters: { "conv1.kernel": [1, 3, 4, 12], "conv1.bias": [12] },
      macs: 4 * 5 * 12 * 12,
      flops: 2 * 4 * 5 * 12 * 12 + 240,
    },
  ],
  dense: [
    {
      net: dense(10),
      input: [256],
      output: [10],
      parameters: { "dense1.kernel": [256, 10], "dense1.bias": [10] },
      macs: 2560,
      flops: 5130,
    },
    {
      net: dense("same", { bias: false }),
      input: [7],
      output: [7],
      parameters: { "dense1.kernel": [7, 7] },
      macs: 49,
      flops: 98,
    },
  ],
  coordinate_mask: [
    {
      net: coordinateMask({ ratio: 3, least: 2 }),
      input: [4, 3, 6],
      output: [4, 3, 6],
      parameters: {
        "coordinatemask1.conv1.kernel": [1, 1, 6, 2],
        "coordinatemask1.conv1.bias": [2],
        "coordinatemask1.bn1.gamma": [2],
        "coordinatemask1.bn1.beta": [2],
        "coordinatemask1.bn1.mean": [2],
        "coordinatemask1.bn1.variance": [2],
        "coordinatemask1.rows.kernel": [1, 1, 2, 6],
        "coordinatemask1.rows.bias": [6],
        "coordinatemask1.columns.kernel": [1, 1, 2, 6],
        "coordinatemask1.columns.bias": [6],
      },
      macs: 7 * 2 * 6 * 2,
      // Convolutions with bias, then a norm, a hard swish and a sigmoid; two means and a product.
      flops: 7 * (2 * 24 + 2 + 6) + 7 * (2 * 2 + 5 * 2 + 4 * 6) + 3 * 72,
    },
  ],
  depth_to_space: [{ net: depthToSpace(2), input: [4, 3, 8], output: [8, 6, 2], flops: 0 }],
  dropout: [{ net: dropout(0.5), input: [4, 4, 3], output: [4, 4, 3], flops: 0 }],
  flatten: [
    { net: flatten(), input: [4, 5, 3], output: [60], flops: 0 },
    { net: flatten(), input: [7], output: [7], flops: 0 },
  ],
  gelu: [{ net: gelu(), input: [4, 4, 3], output: [4, 4, 3], flops: 240 }],
  global_max_pool: [{ net: globalMaxPool(), input: [7, 5, 3], output: [3], flops: 105 }],
  global_average_pool: [{ net: globalAveragePool(), input: [7, 5, 3], output: [3], flops: 105 }],
  group_norm: [
    {
      net: groupNorm(2),
      input: [4, 4, 6],
      output: [4, 4, 6],
      parameters: { "gn1.gamma": [6], "gn1.beta": [6] },
      flops: 7 * 96 + 2 * 6 + 5 * 2,
    },
    {
      net: groupNorm(3, { scale: false, shift: false }),
      input: [6],
      output: [6],
      flops: 5 * 6 + 5 * 3,
    },
  ],
  hard_sigmoid: [{ net: hardSigmoid(), input: [10], output: [10], flops: 40 }],
  hard_swish: [{ net: hardSwish(), input: [10], output: [10], flops: 50 }],
  l2_normalize: [{ net: l2Normalize(), input: [4, 4, 3], output: [4, 4, 3], flops: 144 }],
  layer_norm: [
    {
      net: layerNorm(),
      input: [4, 5, 6],
      output: [4, 5, 6],
      parameters: { "ln1.gamma": [6], "ln1.beta": [6] },
      flops: 7 * 120 + 5 * 20,
    },
    {
      net: layerNorm({ over: "map", shift: false }),
      input: [4, 5, 6],
      output: [4, 5, 6],
      parameters: { "ln1.gamma": [6] },
      flops: 7 * 120 + 2 * 6 + 5,
    },
    {
      net: layerNorm({ scale: false, shift: false }),
      input: [6],
      output: [6],
      flops: 5 * 6 + 5,
    },
  ],
  layer_scale: [
    {
      net: layerScale(),
      input: [4, 4, 3],
      output: [4, 4, 3],
      parameters: { "layerscale1.gamma": [3] },
      flops: 48,
    },
  ],
  leaky_relu: [{ net: leakyRelu(), input: [4, 4, 3], output: [4, 4, 3], flops: 96 }],
  max_pool: [
    { net: maxPool(3, { stride: 2 }), input: [7, 9, 2], output: [3, 4, 2], flops: 9 * 24 },
  ],
  pad: [
    { net: pad(1), input: [4, 4, 3], output: [6, 6, 3], flops: 0 },
    { net: pad([0, 1, 2, 3], { value: 2 }), input: [4, 4, 3], output: [5, 9, 3], flops: 135 },
    { net: pad(3, { mode: "reflect" }), input: [4, 5, 3], output: [10, 11, 3], flops: 0 },
  ],
  position_pool: [
    { net: positionPool("mean"), input: [4, 3, 6], output: [1, 1, 6], flops: 72 },
    { net: positionPool("max"), input: [4, 3, 6], output: [1, 1, 6], flops: 72 },
  ],
  prelu: [
    {
      net: prelu(),
      input: [4, 4, 3],
      output: [4, 4, 3],
      parameters: { "prelu1.alpha": [3] },
      flops: 192,
    },
    {
      net: prelu({ channelwise: false }),
      input: [5],
      output: [5],
      parameters: { "prelu1.alpha": [1] },
      flops: 20,
    },
  ],
  relu: [{ net: relu(), input: [4, 4, 3], output: [4, 4, 3], flops: 48 }],
  relu6: [{ net: relu6(), input: [4, 4, 3], output: [4, 4, 3], flops: 96 }],
  resize: [{ net: resize([3, 5]), input: [4, 4, 2], output: [3, 5, 2], flops: 210 }],
  resize_half_pixel: [
    { net: resizeHalfPixel(8), input: [4, 4, 2], output: [8, 8, 2], flops: 3 * 2 * (32 + 64) },
    // Rows grow by three, of which every second is one of the map's; columns stay as they are.
    { net: resizeHalfPixel([9, 4]), input: [3, 4, 2], output: [9, 4, 2], flops: 3 * 2 * 6 * 4 },
    { net: resizeHalfPixel([3, 5]), input: [4, 5, 1], output: [3, 5, 1], flops: 3 * 3 * 5 },
  ],
  resize_nearest: [{ net: resizeNearest([3, 8]), input: [4, 4, 2], output: [3, 8, 2], flops: 0 }],
  scale: [{ net: scale(0.17), input: [4, 4, 3], output: [4, 4, 3], flops: 48 }],
  sigmoid: [{ net: sigmoid(), input: [10], output: [10], flops: 40 }],
  silu: [{ net: silu(), input: [10], output: [10], flops: 50 }],
  softmax: [{ net: softmax(), input: [10], output: [10], flops: 50 }],
  standardize: [{ net: standardize(), input: [4, 4, 3], output: [4, 4, 3], flops: 240 }],
  stochastic_depth: [{ net: stochasticDepth(0.2), input: [4, 4, 3], output: [4, 4, 3], flops: 0 }],
  tanh: [{ net: tanh(), input: [10], output: [10], flops: 10 }],
};

for (const [type, cases] of Object.entries(TABLE)) {
  Deno.test(`${type} has the shape, the parameters and the cost that it says`, () => {
    for (const { net, input, output, parameters = {}, macs = 0, flops } of cases) {
      const planned = orThrow(plan(net, input));
      assertEquals(planned.output, output);
      assertEquals(
        Object.fromEntries(parametersOf(planned).map(({ path, shape }) => [path, shape])),
        parameters,
      );
      assertEquals(cost(planned), { macs, flops });
    }
  });
}
