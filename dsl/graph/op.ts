/**
 * The operations of the tensor program. They are semantic: `batchNormTrain` is
 * one operation, and how it is computed is the engine's business. Tensors are
 * float32 with logical NHWC shapes, kernels are HWIO; padding, strides and
 * sizes are numbers, never words, so that no engine has to interpret "same".
 *
 * The second operand of an operation on two tensors may be `[C]`, then it is
 * repeated along the last axis, or `[]`, then it is repeated everywhere. Other
 * repetition is asked for by name, with `broadcast`. Operands and results are
 * listed in `signature.ts`.
 */

/** Operations per element of a bilinear resizing: three linear interpolations, less what rows share. */
export const RESIZE_FLOPS = 7;

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

/** One operation with its attributes. */
export type Op =
  /** A tensor of one number. */
  | { readonly op: "constant"; readonly value: number; readonly shape: TensorShape }
  /** The kernel is `[h, w, in / groups, out]`. */
  | { readonly op: "conv2d"; readonly activation: Activation } & ConvolutionGeometry
  | { readonly op: "conv2dInputGrad"; readonly inputShape: TensorShape } & ConvolutionGeometry
  | { readonly op: "conv2dFilterGrad"; readonly kernelShape: TensorShape } & ConvolutionGeometry
  /** Matrices, either may be transposed first. */
  | { readonly op: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  | { readonly op: "add" }
  | { readonly op: "subtract" }
  | { readonly op: "multiply" }
  | { readonly op: "divide" }
  /** The larger; the gradient goes to `a` where both are equal. */
  | { readonly op: "maximum" }
  /** The smaller; the gradient goes to `a` where both are equal. */
  | { readonly op: "minimum" }
  /** 1 where a > b, else 0. */
  | { readonly op: "greater" }
  /** `by * x`. */
  | { readonly op: "scale"; readonly by: number }
  /** A running average, `rate * a + (1 - rate) * b`, of tensors of one shape. */
  | { readonly op: "blend"; readonly rate: number }
  | { readonly op: "exp" }
  /** The natural logarithm. */
  | { readonly op: "log" }
  | { readonly op: "sqrt" }
  /** `1 / sqrt(x + epsilon)`. */
  | { readonly op: "rsqrt"; readonly epsilon: number }
  | { readonly op: "abs" }
  /** -1, 0 or 1. */
  | { readonly op: "sign" }
  | { readonly op: "tanh" }
  /** The error function, `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to x. */
  | { readonly op: "erf" }
  /** `max(x, 0)`. */
  | { readonly op: "relu" }
  /** dy where y > 0, else 0. */
  | { readonly op: "reluGrad" }
  /** `1 / (1 + exp(-x))`. */
  | { readonly op: "sigmoid" }
  /** `dy * y * (1 - y)`. */
  | { readonly op: "sigmoidGrad" }
  /** `x` times the share of a normal distribution below it, `x (1 + erf(x / sqrt(2))) / 2`. */
  | { readonly op: "gelu" }
  /** `dy * (gelu(x) / x + x exp(-x^2 / 2) / sqrt(2 pi))`, with the limit at 0. */
  | { readonly op: "geluGrad" }
  /** `(1 + mask) * trunk`, of tensors of one shape. */
  | { readonly op: "attend" }
  /** `activation(scale * x + shift)`, scale and shift per channel. */
  | { readonly op: "affine"; readonly activation: Activation }
  /** Normalised by the statistics of the batch, which are results too; the variance is biased. */
  | { readonly op: "batchNormTrain"; readonly epsilon: number; readonly activation: Activation }
  /** Through the activation too. */
  | { readonly op: "batchNormGrad"; readonly epsilon: number; readonly activation: Activation }
  | { readonly op: "maxPool" } & PoolGeometry
  /** To the first maximum of each window, in reading order. */
  | { readonly op: "maxPoolGrad" } & PoolGeometry
  /** The mean of the window's pixels that lie inside the map. */
  | { readonly op: "averagePool" } & PoolGeometry
  | { readonly op: "averagePoolGrad"; readonly inputShape: TensorShape } & PoolGeometry
  /** `[n, h, w, c] -> [n, c]`. */
  | { readonly op: "globalAverage" }
  | { readonly op: "globalAverageGrad"; readonly inputShape: TensorShape }
  /** To `[n, ...size, c]`: bilinear with aligned corners. */
  | { readonly op: "resizeBilinear"; readonly size: Pair }
  | { readonly op: "resizeBilinearGrad"; readonly inputShape: TensorShape }
  /** `x / sqrt(sum of squares over the last axis + epsilon)`. */
  | { readonly op: "l2Normalize"; readonly epsilon: number }
  | { readonly op: "l2NormalizeGrad"; readonly epsilon: number }
  /** `(x - mean) / sqrt(variance + epsilon)` over the positions of each sample's channel. */
  | { readonly op: "standardize"; readonly epsilon: number }
  | { readonly op: "standardizeGrad"; readonly epsilon: number }
  /** Over the last axis. */
  | { readonly op: "softmax" }
  | { readonly op: "softmaxGrad" }
  /** The batch's mean, of `[]`; targets are distributions, smoothed by `smoothing`. */
  | { readonly op: "softmaxCrossEntropy"; readonly smoothing: number }
  | { readonly op: "softmaxCrossEntropyGrad"; readonly smoothing: number }
  /** The share of rows whose largest entries agree, of `[]`. */
  | { readonly op: "accuracy" }
  /** The sum over axes, which are dropped. */
  | { readonly op: "sum"; readonly axes: readonly number[] }
  /** The largest entries over axes, which are dropped; equal ones share the gradient. */
  | { readonly op: "max"; readonly axes: readonly number[] }
  /** To a shape of the same rank; axes of 1 are repeated. */
  | { readonly op: "broadcast"; readonly shape: TensorShape }
  /** Axis `i` of the result is axis `axes[i]` of the operand. */
  | { readonly op: "transpose"; readonly axes: readonly number[] }
  /** Joined along an axis. */
  | { readonly op: "concat"; readonly axis: number }
  /** `size` entries of an axis from `start`. */
  | { readonly op: "slice"; readonly axis: number; readonly start: number; readonly size: number }
  /** Zeros before and after along an axis. */
  | { readonly op: "pad"; readonly axis: number; readonly before: number; readonly after: number }
  | { readonly op: "reshape"; readonly shape: TensorShape }
  /** 0 with probability `rate`, else `1 / (1 - rate)`; `salt` tells layers apart. */
  | {
    readonly op: "dropoutMask";
    readonly rate: number;
    readonly salt: number;
    readonly shape: TensorShape;
  }
  /** `g' = g + decay w; v' = momentum v + g'; w' = w - lr (g' + momentum v' or v')`; lr is `[]`. */
  | {
    readonly op: "sgd";
    readonly momentum: number;
    readonly nesterov: boolean;
    readonly weightDecay: number;
  }
  /** Step, which counts from 1, and lr are `[]`. */
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

/** One entry for each of some operations, in tables by operation. */
export function every<const K extends OpName, V>(
  names: readonly K[],
  entry: V,
): { readonly [Name in K]: V } {
  // `fromEntries` forgets which keys there are.
  return Object.fromEntries(names.map((name) => [name, entry])) as { [Name in K]: V };
}
