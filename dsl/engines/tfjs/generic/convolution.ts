/**
 * Generic expansions of convolution and its two gradients.
 *
 * The kernels of TensorFlow.js know strides and explicit padding; they know
 * neither groups (but depthwise) nor, in the gradients, dilation. Groups are
 * convolved one by one and joined. A dilated kernel is the same as a larger
 * one with zeros between its taps, which is how its input gradient is taken.
 * The filter gradient without a kernel of its own is a product of matrices
 * per tap: the pixels under that tap against the gradients.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ConvolutionGeometry, OpOf, Pair, TensorShape } from "../../../graph/op.ts";
import type { Expansions } from "../expansion.ts";
import * as tf from "../kernels.ts";
import { axes, channelsOf } from "../operands.ts";

/** A convolution by the library's kernel of that name, or by the fused one where there is more to do. */
function convolve(
  kernels: { readonly plain: string; readonly fused: string },
  { x, filter, bias }: {
    readonly x: Tensor;
    readonly filter: Tensor;
    readonly bias: Tensor | undefined;
  },
  { stride, padding, dilation, activation }: Omit<OpOf<"conv2d">, "op">,
): Tensor {
  const attributes = {
    strides: [...stride],
    pad: tf.explicitPadding(padding),
    dilations: [...dilation],
    dataFormat: "NHWC",
  };
  if (bias === undefined && activation === "none") {
    return tf.runKernel(kernels.plain, { x, filter }, attributes);
  }
  return tf.runKernel(kernels.fused, bias === undefined ? { x, filter } : { x, filter, bias }, {
    ...attributes,
    activation: activation === "relu" ? "relu" : "linear",
    leakyreluAlpha: 0,
  });
}

const WHOLE = { plain: "Conv2D", fused: "FusedConv2D" } as const;
const DEPTHWISE = { plain: "DepthwiseConv2dNative", fused: "FusedDepthwiseConv2D" } as const;

/** Joins what `make` makes of each group of channels, of which it takes its part, along the last axis. */
function byGroup(groups: number, make: (part: (x: Tensor) => Tensor) => Tensor): Tensor {
  const parts = Array.from({ length: groups }, (_, group) =>
    make((x) => {
      const outer = x.shape.slice(0, -1);
      const size = channelsOf(x) / groups;
      return tf.slice(x, [...outer.map(() => 0), group * size], [...outer, size]);
    }));
  return tf.concat(parts, 3);
}

/** A kernel with zeros between its taps. */
function spreadTaps(
  kernel: Tensor,
  [dilationY, dilationX]: ConvolutionGeometry["dilation"],
): Tensor {
  if (dilationY === 1 && dilationX === 1) return kernel;
  const [h, w, channels, out] = axes(kernel.shape);
  const rows = tf.reshape(
    tf.pad(tf.reshape(kernel, [h, 1, w * channels * out]), [[0, 0], [0, dilationY - 1], [0, 0]]),
    [h * dilationY * w, 1, channels * out],
  );
  const spread = tf.reshape(
    tf.pad(rows, [[0, 0], [0, dilationX - 1], [0, 0]]),
    [h * dilationY, w * dilationX, channels, out],
  );
  return tf.slice(spread, [0, 0, 0, 0], [
    (h - 1) * dilationY + 1,
    (w - 1) * dilationX + 1,
    channels,
    out,
  ]);
}

function inputGradient(
  dy: Tensor,
  kernel: Tensor,
  { inputShape, stride, padding, dilation }: OpOf<"conv2dInputGrad">,
): Tensor {
  return tf.runKernel("Conv2DBackpropInput", { dy, filter: spreadTaps(kernel, dilation) }, {
    strides: [...stride],
    pad: tf.explicitPadding(padding),
    dataFormat: "NHWC",
    inputShape: [...inputShape],
  });
}

/** The filter gradient as one product of matrices per tap. */
function filterGradientByTaps(
  x: Tensor,
  dy: Tensor,
  { kernelShape, stride, padding, dilation }: OpOf<"conv2dFilterGrad">,
): Tensor {
  const [h, w, channels, out] = axes(kernelShape);
  const [n, rows, columns] = axes(dy.shape);
  const [top, bottom, left, right] = padding;
  const padded = padding.every((p) => p === 0)
    ? x
    : tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  const gradients = tf.reshape(dy, [n * rows * columns, out]);
  const taps = Array.from({ length: h * w }, (_, tap) => {
    const y0 = Math.floor(tap / w) * dilation[0];
    const x0 = (tap % w) * dilation[1];
    const under = tf.stridedSlice(padded, [
      [0, y0, x0, 0],
      [n, y0 + (rows - 1) * stride[0] + 1, x0 + (columns - 1) * stride[1] + 1, channels],
      [1, stride[0], stride[1], 1],
    ]);
    return tf.matmul(tf.reshape(under, [n * rows * columns, channels]), gradients, {
      transposeA: true,
    });
  });
  const [only] = taps;
  return tf.reshape(
    only !== undefined && taps.length === 1 ? only : tf.concat(taps, 0),
    kernelShape,
  );
}

function filterGradient(x: Tensor, dy: Tensor, op: OpOf<"conv2dFilterGrad">): Tensor {
  const { kernelShape, stride, padding, dilation } = op;
  if (dilation.some((step) => step !== 1) || !tf.hasKernel("Conv2DBackpropFilter")) {
    return filterGradientByTaps(x, dy, op);
  }
  return tf.runKernel("Conv2DBackpropFilter", { x, dy }, {
    strides: [...stride],
    pad: tf.explicitPadding(padding),
    dataFormat: "NHWC",
    filterShape: [...kernelShape],
  });
}

/**
 * Whether every channel of the input has kernels of its own, in a geometry
 * that the depthwise kernels take: they cannot both step and dilate.
 */
function isDepthwise(op: ConvolutionGeometry, kernelShape: TensorShape): boolean {
  const plain = (pair: Pair): boolean => pair[0] === 1 && pair[1] === 1;
  return axes(kernelShape)[2] === 1 && (plain(op.stride) || plain(op.dilation));
}

/** The expansions of this file. */
export const CONVOLUTION = {
  conv2d: (op, [x, kernel, bias]) => {
    const { groups } = op;
    if (groups === 1) return [convolve(WHOLE, { x, filter: kernel, bias }, op)];
    if (isDepthwise(op, kernel.shape)) {
      // A kernel `[h, w, 1, out]` has the same numbers as depthwise ones, `[h, w, in, out / in]`.
      const [h, w, , out] = axes(kernel.shape);
      const filter = tf.reshape(kernel, [h, w, groups, out / groups]);
      return [convolve(DEPTHWISE, { x, filter, bias }, op)];
    }
    return [
      byGroup(groups, (part) =>
        convolve(WHOLE, {
          x: part(x),
          filter: part(kernel),
          bias: bias === undefined ? undefined : part(bias),
        }, op)),
    ];
  },
  conv2dInputGrad: (op, [dy, kernel]) => {
    const { groups } = op;
    if (groups === 1) return [inputGradient(dy, kernel, op)];
    const [n, h, w, channels] = axes(op.inputShape);
    const own = { ...op, inputShape: [n, h, w, channels / groups] };
    return [byGroup(groups, (part) => inputGradient(part(dy), part(kernel), own))];
  },
  conv2dFilterGrad: (op, [x, dy]) => {
    const { groups } = op;
    if (groups === 1) return [filterGradient(x, dy, op)];
    const [h, w, channels, out] = axes(op.kernelShape);
    const own = { ...op, kernelShape: [h, w, channels, out / groups] };
    return [byGroup(groups, (part) => filterGradient(part(x), part(dy), own))];
  },
  matmul: ({ transposeA, transposeB }, [a, b, bias]) => {
    const product = tf.matmul(a, b, { transposeA, transposeB });
    // The fused kernel ignores the transpositions on wasm.
    return [bias === undefined ? product : tf.add(product, bias)];
  },
} satisfies Partial<Expansions>;
