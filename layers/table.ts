/** The standard language: netfold's own layers and merges with their whole meaning. */
import { type Language, language } from "../dsl/plan/language.ts";
import type { Configuration } from "../dsl/net/net.ts";
import type { AnyMergeRule } from "../dsl/plan/merge_rule.ts";
import { type AnyLayerRule, type FullLayerRule, rule } from "../dsl/plan/rule.ts";
import { type AdaptiveAveragePool, adaptiveAveragePoolRule } from "./adaptive_average_pool.ts";
import { type AveragePool, averagePoolRule } from "./average_pool.ts";
import { type BatchNorm, batchNormRule } from "./batch_norm.ts";
import { type ChannelConv, channelConvRule } from "./channel_conv.ts";
import { type ChannelPool, channelPoolRule } from "./channel_pool.ts";
import { type ChannelShuffle, channelShuffleRule } from "./channel_shuffle.ts";
import { type Conv, convRule } from "./conv.ts";
import { type ConvTranspose, convTransposeRule } from "./conv_transpose.ts";
import { type CoordinateMask, coordinateMaskRule } from "./coordinate_mask.ts";
import { type Dense, denseRule } from "./dense.ts";
import { type DepthToSpace, depthToSpaceRule } from "./depth_to_space.ts";
import { type Dropout, dropoutRule } from "./dropout.ts";
import { type Flatten, flattenRule } from "./flatten.ts";
import { type Gelu, geluRule } from "./gelu.ts";
import { type GlobalAveragePool, globalAveragePoolRule } from "./global_average_pool.ts";
import { type GlobalMaxPool, globalMaxPoolRule } from "./global_max_pool.ts";
import { type GroupNorm, groupNormRule } from "./group_norm.ts";
import { type HardSigmoid, hardSigmoidRule } from "./hard_sigmoid.ts";
import { type HardSwish, hardSwishRule } from "./hard_swish.ts";
import { type L2Normalize, l2NormalizeRule } from "./l2_normalize.ts";
import { addRule } from "./merges/add.ts";
import { attendRule } from "./merges/attend.ts";
import { concatRule } from "./merges/concat.ts";
import { gateRule } from "./merges/gate.ts";
import { matchRule } from "./merges/match.ts";
import { maximumRule } from "./merges/maximum.ts";
import { modulateRule } from "./merges/modulate.ts";
import { multiplyRule } from "./merges/multiply.ts";
import { spreadRule } from "./merges/spread.ts";
import { subtractRule } from "./merges/subtract.ts";
import { type LayerNorm, layerNormRule } from "./layer_norm.ts";
import { type LayerScale, layerScaleRule } from "./layer_scale.ts";
import { type LeakyRelu, leakyReluRule } from "./leaky_relu.ts";
import { type MaxPool, maxPoolRule } from "./max_pool.ts";
import { type Pad, padRule } from "./pad.ts";
import { type PositionPool, positionPoolRule } from "./position_pool.ts";
import { type Prelu, preluRule } from "./prelu.ts";
import { type Relu, reluRule } from "./relu.ts";
import { type Relu6, relu6Rule } from "./relu6.ts";
import { type Resize, resizeRule } from "./resize.ts";
import { type ResizeHalfPixel, resizeHalfPixelRule } from "./resize_half_pixel.ts";
import { type ResizeNearest, resizeNearestRule } from "./resize_nearest.ts";
import { type Scale, scaleRule } from "./scale.ts";
import { type Sigmoid, sigmoidRule } from "./sigmoid.ts";
import { type Silu, siluRule } from "./silu.ts";
import { type Softmax, softmaxRule } from "./softmax.ts";
import { type Standardize, standardizeRule } from "./standardize.ts";
import { type StochasticDepth, stochasticDepthRule } from "./stochastic_depth.ts";
import { type Tanh, tanhRule } from "./tanh.ts";

/** Every layer's configuration. */
export type Layer =
  | AdaptiveAveragePool
  | AveragePool
  | BatchNorm
  | ChannelConv
  | ChannelPool
  | ChannelShuffle
  | Conv
  | ConvTranspose
  | CoordinateMask
  | Dense
  | DepthToSpace
  | Dropout
  | Flatten
  | Gelu
  | GlobalAveragePool
  | GlobalMaxPool
  | GroupNorm
  | HardSigmoid
  | HardSwish
  | L2Normalize
  | LayerNorm
  | LayerScale
  | LeakyRelu
  | MaxPool
  | Pad
  | PositionPool
  | Prelu
  | Relu
  | Relu6
  | Resize
  | ResizeHalfPixel
  | ResizeNearest
  | Scale
  | Sigmoid
  | Silu
  | Softmax
  | Standardize
  | StochasticDepth
  | Tanh;

/** The name of a layer type. */
export type LayerType = Layer["type"];

/** The meaning of every layer type: complete by type, a layer without a facet does not compile. */
export const LAYERS: { readonly [K in LayerType]: FullLayerRule<Extract<Layer, { type: K }>> } = {
  adaptive_average_pool: adaptiveAveragePoolRule,
  average_pool: averagePoolRule,
  batch_norm: batchNormRule,
  channel_conv: channelConvRule,
  channel_pool: channelPoolRule,
  channel_shuffle: channelShuffleRule,
  conv: convRule,
  conv_transpose: convTransposeRule,
  coordinate_mask: coordinateMaskRule,
  dense: denseRule,
  depth_to_space: depthToSpaceRule,
  dropout: dropoutRule,
  flatten: flattenRule,
  gelu: geluRule,
  global_average_pool: globalAveragePoolRule,
  global_max_pool: globalMaxPoolRule,
  group_norm: groupNormRule,
  hard_sigmoid: hardSigmoidRule,
  hard_swish: hardSwishRule,
  l2_normalize: l2NormalizeRule,
  layer_norm: layerNormRule,
  layer_scale: layerScaleRule,
  leaky_relu: leakyReluRule,
  max_pool: maxPoolRule,
  pad: padRule,
  position_pool: positionPoolRule,
  prelu: preluRule,
  relu6: relu6Rule,
  relu: reluRule,
  resize: resizeRule,
  resize_half_pixel: resizeHalfPixelRule,
  resize_nearest: resizeNearestRule,
  scale: scaleRule,
  sigmoid: sigmoidRule,
  silu: siluRule,
  softmax: softmaxRule,
  standardize: standardizeRule,
  stochastic_depth: stochasticDepthRule,
  tanh: tanhRule,
};

/** The meaning of every merge. */
const MERGES: readonly AnyMergeRule[] = [
  addRule,
  subtractRule,
  multiplyRule,
  maximumRule,
  concatRule,
  attendRule,
  gateRule,
  modulateRule,
  spreadRule,
  matchRule,
];

/** A rule of each layer type; the type of its configuration is forgotten here, behind its fields' guards. */
function opened<L extends Layer>(own: FullLayerRule<L>): AnyLayerRule {
  return rule<L>(own);
}

/**
 * netfold's own layers and merges. A user's language is made of it:
 * `standard.with(rule, ...)`.
 */
export const standard: Language = /* @__PURE__ */ (() =>
  language(
    opened(adaptiveAveragePoolRule),
    opened(averagePoolRule),
    opened(batchNormRule),
    opened(channelConvRule),
    opened(channelPoolRule),
    opened(channelShuffleRule),
    opened(convRule),
    opened(convTransposeRule),
    opened(coordinateMaskRule),
    opened(denseRule),
    opened(depthToSpaceRule),
    opened(dropoutRule),
    opened(flattenRule),
    opened(geluRule),
    opened(globalAveragePoolRule),
    opened(globalMaxPoolRule),
    opened(groupNormRule),
    opened(hardSigmoidRule),
    opened(hardSwishRule),
    opened(l2NormalizeRule),
    opened(layerNormRule),
    opened(layerScaleRule),
    opened(leakyReluRule),
    opened(maxPoolRule),
    opened(padRule),
    opened(positionPoolRule),
    opened(preluRule),
    opened(reluRule),
    opened(relu6Rule),
    opened(resizeRule),
    opened(resizeHalfPixelRule),
    opened(resizeNearestRule),
    opened(scaleRule),
    opened(sigmoidRule),
    opened(siluRule),
    opened(softmaxRule),
    opened(standardizeRule),
    opened(stochasticDepthRule),
    opened(tanhRule),
    ...MERGES,
  ))();

/**
 * Whether a configuration is that of one of netfold's own layers; its type then
 * tells its fields.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isLayer, leaves, orThrow, plan } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const [leaf] = leaves(orThrow(plan(conv(8, { kernel: 3 }), [8, 8, 3])));
 * if (leaf?.kind === "layer" && isLayer(leaf.layer, "conv")) {
 *   assertEquals(leaf.layer.kernel, [3, 3]);
 * }
 * ```
 */
export function isLayer<K extends LayerType>(
  layer: Configuration,
  type: K,
): layer is Extract<Layer, { type: K }> {
  return layer.type === type && standard.layers.get(type)?.read(layer)._tag === "Right";
}
