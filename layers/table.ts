/**
 * The table of layers: every layer type with its whole meaning. It is
 * exhaustive by type; a layer without a shape rule, a cost rule or a lowering
 * does not compile.
 */
import type { LayerRule } from "../dsl/plan/rule.ts";
import { type AveragePool, averagePoolRule } from "./average_pool.ts";
import { type BatchNorm, batchNormRule } from "./batch_norm.ts";
import { type Conv, convRule } from "./conv.ts";
import { type Dense, denseRule } from "./dense.ts";
import { type Dropout, dropoutRule } from "./dropout.ts";
import { type Flatten, flattenRule } from "./flatten.ts";
import { type GlobalAveragePool, globalAveragePoolRule } from "./global_average_pool.ts";
import { type L2Normalize, l2NormalizeRule } from "./l2_normalize.ts";
import { type MaxPool, maxPoolRule } from "./max_pool.ts";
import { type Relu, reluRule } from "./relu.ts";
import { type Resize, resizeRule } from "./resize.ts";
import { type Scale, scaleRule } from "./scale.ts";
import { type Sigmoid, sigmoidRule } from "./sigmoid.ts";
import { type Softmax, softmaxRule } from "./softmax.ts";
import { type Standardize, standardizeRule } from "./standardize.ts";

/** Every layer's configuration. */
export type Layer =
  | AveragePool
  | BatchNorm
  | Conv
  | Dense
  | Dropout
  | Flatten
  | GlobalAveragePool
  | L2Normalize
  | MaxPool
  | Relu
  | Resize
  | Scale
  | Sigmoid
  | Softmax
  | Standardize;

/** The name of a layer type. */
export type LayerType = Layer["type"];

/** The meaning of every layer type. */
export const LAYERS: {
  readonly [K in LayerType]: LayerRule<Extract<Layer, { type: K }>>;
} = {
  average_pool: averagePoolRule,
  batch_norm: batchNormRule,
  conv: convRule,
  dense: denseRule,
  dropout: dropoutRule,
  flatten: flattenRule,
  global_average_pool: globalAveragePoolRule,
  l2_normalize: l2NormalizeRule,
  max_pool: maxPoolRule,
  relu: reluRule,
  resize: resizeRule,
  scale: scaleRule,
  sigmoid: sigmoidRule,
  softmax: softmaxRule,
  standardize: standardizeRule,
};

/** The meaning of a layer, by its type. */
export function ruleOf<L extends Layer>(layer: L): LayerRule<L> {
  // The table maps each type to the rule of that type; the compiler cannot follow the index.
  return LAYERS[layer.type] as unknown as LayerRule<L>;
}
