/**
 * The layers: one function each, which makes the network of that single layer.
 *
 * @example
 * ```ts
 * import { chain } from "@netfold/netfold";
 * import { batchNorm, conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 *
 * const net = chain(
 *   conv(32, { kernel: 3 }), batchNorm(), relu(),
 *   conv(64, { kernel: 3, stride: 2 }), batchNorm(), relu(),
 *   globalAveragePool(), dense(10),
 * );
 * ```
 *
 * @module
 */
export type { PaddingRule } from "../dsl/plan/fields.ts";
export type { Padding, Pair } from "../dsl/graph/op.ts";
export type { Initializer } from "../dsl/plan/rule.ts";
export type { Net } from "../dsl/net/net.ts";
export { type LayerWidth, narrower, ratio, type Shape, type Width } from "../dsl/net/shape.ts";
export type { Normal, NormalOptions } from "./_normal.ts";
export type { Pool, PoolOptions } from "./pool.ts";
export { type AdaptiveAveragePool, adaptiveAveragePool } from "./adaptive_average_pool.ts";
export { type AveragePool, averagePool } from "./average_pool.ts";
export { type BatchNorm, batchNorm, type BatchNormOptions } from "./batch_norm.ts";
export {
  type ChannelConv,
  channelConv,
  type ChannelConvOptions,
  type ChannelKernel,
} from "./channel_conv.ts";
export { type ChannelPool, channelPool } from "./channel_pool.ts";
export { type ChannelShuffle, channelShuffle } from "./channel_shuffle.ts";
export { type Conv, conv, type ConvOptions } from "./conv.ts";
export { type ConvTranspose, convTranspose, type ConvTransposeOptions } from "./conv_transpose.ts";
export {
  type CoordinateMask,
  coordinateMask,
  type CoordinateMaskOptions,
} from "./coordinate_mask.ts";
export { type Dense, dense, type DenseOptions } from "./dense.ts";
export { type DepthToSpace, depthToSpace } from "./depth_to_space.ts";
export { type Dropout, dropout } from "./dropout.ts";
export { type Flatten, flatten } from "./flatten.ts";
export { type Gelu, gelu } from "./gelu.ts";
export { type GlobalAveragePool, globalAveragePool } from "./global_average_pool.ts";
export { type GlobalMaxPool, globalMaxPool } from "./global_max_pool.ts";
export { type GroupNorm, groupNorm } from "./group_norm.ts";
export { type HardSigmoid, hardSigmoid } from "./hard_sigmoid.ts";
export { type HardSwish, hardSwish } from "./hard_swish.ts";
export { type L2Normalize, l2Normalize } from "./l2_normalize.ts";
export { type LayerNorm, layerNorm, type LayerNormOptions } from "./layer_norm.ts";
export { type LayerScale, layerScale } from "./layer_scale.ts";
export { type LeakyRelu, leakyRelu } from "./leaky_relu.ts";
export { type MaxPool, maxPool } from "./max_pool.ts";
export { type Pad, pad, type PadOptions } from "./pad.ts";
export { type PositionPool, positionPool } from "./position_pool.ts";
export { type Prelu, prelu } from "./prelu.ts";
export { type Relu, relu } from "./relu.ts";
export { type Relu6, relu6 } from "./relu6.ts";
export { type MapSize, type Resize, resize, type SizeFactor } from "./resize.ts";
export { type ResizeHalfPixel, resizeHalfPixel } from "./resize_half_pixel.ts";
export { type ResizeNearest, resizeNearest } from "./resize_nearest.ts";
export { type Scale, scale } from "./scale.ts";
export { type Sigmoid, sigmoid } from "./sigmoid.ts";
export { type Silu, silu } from "./silu.ts";
export { type Softmax, softmax } from "./softmax.ts";
export { type Standardize, standardize } from "./standardize.ts";
export { type StochasticDepth, stochasticDepth } from "./stochastic_depth.ts";
export { type Tanh, tanh } from "./tanh.ts";
export type { Layer, LayerType } from "./table.ts";
