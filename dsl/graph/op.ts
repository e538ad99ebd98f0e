/**
 * The operations of the tensor program. They are semantic: `batchNormTrain` is
 * one operation, and how it is computed is the engine's business. Tensors are
 * float32 with logical NHWC shapes, kernels are HWIO; padding, strides and
 * sizes are numbers, never words, so that no engine has to interpret "same".
 *
 * A `[C]` operand of `add`, `subtract` and `multiply` (always the second one)
 * is repeated along the last axis; a `[]` operand is repeated everywhere.
 */

/** Height and width. */
export type Pair = readonly [number, number];

/** Padding in pixels: top, bottom, left, right. */
export type Padding = readonly [number, number, number, number];

/** A tensor's shape, batch first. */
export type TensorShape = readonly number[];

/** Geometry of a convolution. */
export interface ConvolutionGeometry {
  /** Step of the kernel, height and width. */
  readonly stride: Pair;
  /** Zeros around the map. */
  readonly padding: Padding;
  /** Distance between the kernel's taps. */
  readonly dilation: Pair;
  /** Groups of channels that see only each other. */
  readonly groups: number;
}

/** Geometry of a pooling window. */
export interface PoolGeometry {
  /** Size of the window. */
  readonly window: Pair;
  /** Step of the window. */
  readonly stride: Pair;
  /** Padding: never chosen by a max, never counted by an average. May be larger than the window needs (ceil mode). */
  readonly padding: Padding;
}

/** What is applied to a result before it is stored. */
export type Activation = "none" | "relu";

/** One operation with its attributes; operands and results are listed beside each. */
export type Op =
  /** `[] -> [y]`: a tensor of one number. */
  | {
    readonly op: "constant";
    readonly value: number;
    readonly shape: TensorShape;
  }
  /** `[x, kernel] | [x, kernel, bias] -> [y]`: kernel `[h, w, in / groups, out]`. */
  | { readonly op: "conv2d"; readonly activation: Activation }
    & ConvolutionGeometry
  /** `[dy, kernel] -> [dx]`. */
  | { readonly op: "conv2dInputGrad"; readonly inputShape: TensorShape }
    & ConvolutionGeometry
  /** `[x, dy] -> [dkernel]`. */
  | { readonly op: "conv2dFilterGrad"; readonly kernelShape: TensorShape }
    & ConvolutionGeometry
  /** `[a, b] | [a, b, bias] -> [y]`: matrices, either may be transposed first. */
  | {
    readonly op: "matmul";
    readonly transposeA: boolean;
    readonly transposeB: boolean;
  }
  /** `[a, b] -> [a + b]`. */
  | { readonly op: "add" }
  /** `[a, b] -> [a - b]`. */
  | { readonly op: "subtract" }
  /** `[a, b] -> [a * b]`. */
  | { readonly op: "multiply" }
  /** `[x] -> [by * x]`. */
  | { readonly op: "scale"; readonly by: number }
  /** `[a, b] -> [rate * a + (1 - rate) * b]`, same shapes: a running average. */
  | { readonly op: "blend"; readonly rate: number }
  /** `[x] -> [1 / sqrt(x + epsilon)]`. */
  | { readonly op: "rsqrt"; readonly epsilon: number }
  /** `[x] -> [max(x, 0)]`. */
  | { readonly op: "relu" }
  /** `[dy, y] -> [dx]`: dy where y > 0. */
  | { readonly op: "reluGrad" }
  /** `[x] -> [1 / (1 + exp(-x))]`. */
  | { readonly op: "sigmoid" }
  /** `[dy, y] -> [dy * y * (1 - y)]`. */
  | { readonly op: "sigmoidGrad" }
  /** `[trunk, mask] -> [(1 + mask) * trunk]`, same shapes. */
  | { readonly op: "attend" }
  /** `[x, scale, shift] -> [activation(scale * x + shift)]`, scale and shift per channel. */
  | { readonly op: "affine"; readonly activation: Activation }
  /** `[x, gamma, beta] -> [y, mean, variance]`: statistics of the batch, variance biased. */
  | {
    readonly op: "batchNormTrain";
    readonly epsilon: number;
    readonly activation: Activation;
  }
  /** `[dy, x, gamma, beta, mean, variance] -> [dx, dgamma, dbeta]`, through the activation too. */
  | {
    readonly op: "batchNormGrad";
    readonly epsilon: number;
    readonly activation: Activation;
  }
  /** `[x] -> [y]`. */
  | { readonly op: "maxPool" } & PoolGeometry
  /** `[dy, x, y] -> [dx]`: to the first maximum of each window, in reading order. */
  | { readonly op: "maxPoolGrad" } & PoolGeometry
  /** `[x] -> [y]`: the mean of the window's pixels that lie inside the map. */
  | { readonly op: "averagePool" } & PoolGeometry
  /** `[dy] -> [dx]`. */
  | { readonly op: "averagePoolGrad"; readonly inputShape: TensorShape }
    & PoolGeometry
  /** `[x of [n, h, w, c]] -> [y of [n, c]]`. */
  | { readonly op: "globalAverage" }
  /** `[dy of [n, c]] -> [dx of [n, h, w, c]]`. */
  | { readonly op: "globalAverageGrad"; readonly inputShape: TensorShape }
  /** `[x] -> [y of [n, ...size, c]]`: bilinear with aligned corners. */
  | { readonly op: "resizeBilinear"; readonly size: Pair }
  /** `[dy] -> [dx]`. */
  | { readonly op: "resizeBilinearGrad"; readonly inputShape: TensorShape }
  /** `[x] -> [x / sqrt(sum of squares over the last axis + epsilon)]`. */
  | { readonly op: "l2Normalize"; readonly epsilon: number }
  /** `[dy, x] -> [dx]`. */
  | { readonly op: "l2NormalizeGrad"; readonly epsilon: number }
  /** `[x] -> [(x - mean) / sqrt(variance + epsilon)]` over the positions of each sample's channel. */
  | { readonly op: "standardize"; readonly epsilon: number }
  /** `[dy, x] -> [dx]`. */
  | { readonly op: "standardizeGrad"; readonly epsilon: number }
  /** `[x] -> [y]` over the last axis. */
  | { readonly op: "softmax" }
  /** `[dy, y] -> [dx]`. */
  | { readonly op: "softmaxGrad" }
  /** `[logits, targets] -> [loss of []]`: the batch's mean; targets are distributions, smoothed by `smoothing`. */
  | { readonly op: "softmaxCrossEntropy"; readonly smoothing: number }
  /** `[dloss of [], logits, targets] -> [dlogits]`. */
  | { readonly op: "softmaxCrossEntropyGrad"; readonly smoothing: number }
  /** `[logits, targets] -> [share of rows whose largest entries agree, of []]`. */
  | { readonly op: "accuracy" }
  /** `[a, b, ...] -> [y]`: joined along the last axis. */
  | { readonly op: "concat" }
  /** `[x] -> [y]`: `size` entries of the last axis from `start`. */
  | { readonly op: "slice"; readonly start: number; readonly size: number }
  /** `[x] -> [y]`: zeros before and after along the last axis. */
  | { readonly op: "pad"; readonly before: number; readonly after: number }
  /** `[x] -> [y]`. */
  | { readonly op: "reshape"; readonly shape: TensorShape }
  /** `[x] -> [sum over all axes but the last, of [C]]`. */
  | { readonly op: "channelSum" }
  /** `[seed of []] -> [0 with probability rate, else 1 / (1 - rate)]`; `salt` tells layers apart. */
  | {
    readonly op: "dropoutMask";
    readonly rate: number;
    readonly salt: number;
    readonly shape: TensorShape;
  }
  /** `[w, g, v, lr of []] -> [w', v']`: g' = g + decay w; v' = momentum v + g'; w' = w - lr (g' + momentum v' or v'). */
  | {
    readonly op: "sgd";
    readonly momentum: number;
    readonly nesterov: boolean;
    readonly weightDecay: number;
  }
  /** `[w, g, m, v, step of [], lr of []] -> [w', m', v']`; step counts from 1. */
  | {
    readonly op: "adamw";
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly weightDecay: number;
  };

/** The name of an operation. */
export type OpName = Op["op"];

/** The operation of that name with its attributes. */
export type OpOf<K extends OpName> = Extract<Op, { readonly op: K }>;
