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
import type {
  Activation,
  ConvolutionGeometry,
  OpOf,
  Pair,
  TensorShape,
} from "../../../graph/op.ts";
import type { Operands } from "../../../graph/signature.ts";
import type { Expansion } from "../expansion.ts";
import {
  add,
  concat,
  explicitPadding,
  hasKernel,
  matmul,
  pad,
  reshape,
  runKernel,
  slice,
  stridedSlice,
} from "../kernels.ts";
import { operand } from "../operands.ts";

type Axes = readonly [number, number, number, number];

/** The four sizes of an image or a kernel. */
function axes(shape: TensorShape): Axes {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  return [a, b, c, d];
}

function convolve(
  x: Tensor,
  kernel: Tensor,
  { geometry, bias, activation }: {
    readonly geometry: ConvolutionGeometry;
    readonly bias: Tensor | undefined;
    readonly activation: Activation;
  },
): Tensor {
  const attributes = {
    strides: [...geometry.stride],
    pad: explicitPadding(geometry.padding),
    dilations: [...geometry.dilation],
    dataFormat: "NHWC",
  };
  if (bias === undefined && activation === "none") {
    return runKernel("Conv2D", { x, filter: kernel }, attributes);
  }
  const inputs: Readonly<Record<string, Tensor>> = bias === undefined
    ? { x, filter: kernel }
    : { x, filter: kernel, bias };
  return runKernel("FusedConv2D", inputs, {
    ...attributes,
    activation: activation === "relu" ? "relu" : "linear",
    leakyreluAlpha: 0,
  });
}

/** Channels `group` of `groups` along the last axis. */
function channelGroup(x: Tensor, group: number, groups: number): Tensor {
  const outer = x.shape.slice(0, -1);
  const size = (x.shape[x.shape.length - 1] ?? groups) / groups;
  return slice(x, [...outer.map(() => 0), group * size], [...outer, size]);
}

/** Joins what `part` makes of each group along the last axis. */
function byGroup(groups: number, part: (group: number) => Tensor): Tensor {
  return concat(Array.from({ length: groups }, (_, g) => part(g)), 3);
}

/** A kernel with zeros between its taps. */
function spreadTaps(
  kernel: Tensor,
  [dilationY, dilationX]: ConvolutionGeometry["dilation"],
): Tensor {
  if (dilationY === 1 && dilationX === 1) return kernel;
  const [h, w, channels, out] = axes(kernel.shape);
  const rows = reshape(
    pad(reshape(kernel, [h, 1, w * channels * out]), [[0, 0], [0, dilationY - 1], [0, 0]]),
    [h * dilationY * w, 1, channels * out],
  );
  const spread = reshape(
    pad(rows, [[0, 0], [0, dilationX - 1], [0, 0]]),
    [h * dilationY, w * dilationX, channels, out],
  );
  return slice(spread, [0, 0, 0, 0], [
    (h - 1) * dilationY + 1,
    (w - 1) * dilationX + 1,
    channels,
    out,
  ]);
}

function inputGradient(
  dy: Tensor,
  kernel: Tensor,
  { inputShape, stride, padding, dilation }:
    & { readonly inputShape: TensorShape }
    & ConvolutionGeometry,
): Tensor {
  return runKernel("Conv2DBackpropInput", { dy, filter: spreadTaps(kernel, dilation) }, {
    strides: [...stride],
    pad: explicitPadding(padding),
    dataFormat: "NHWC",
    inputShape: [...inputShape],
  });
}

/** The filter gradient as one product of matrices per tap. */
function filterGradientByTaps(
  x: Tensor,
  dy: Tensor,
  { kernelShape, stride, padding, dilation }:
    & { readonly kernelShape: TensorShape }
    & ConvolutionGeometry,
): Tensor {
  const [h, w, channels, out] = axes(kernelShape);
  const [n, rows, columns] = axes(dy.shape);
  const [top, bottom, left, right] = padding;
  const padded = padding.every((p) => p === 0)
    ? x
    : pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  const gradients = reshape(dy, [n * rows * columns, out]);
  const taps = Array.from({ length: h * w }, (_, tap) => {
    const y0 = Math.floor(tap / w) * dilation[0];
    const x0 = (tap % w) * dilation[1];
    const under = stridedSlice(padded, [
      [0, y0, x0, 0],
      [n, y0 + (rows - 1) * stride[0] + 1, x0 + (columns - 1) * stride[1] + 1, channels],
      [1, stride[0], stride[1], 1],
    ]);
    return matmul(reshape(under, [n * rows * columns, channels]), gradients, { transposeA: true });
  });
  const joined = taps.length === 1 ? operand(taps, 0) : concat(taps, 0);
  return reshape(joined, kernelShape);
}

function filterGradient(
  x: Tensor,
  dy: Tensor,
  geometry: { readonly kernelShape: TensorShape } & ConvolutionGeometry,
): Tensor {
  const { kernelShape, stride, padding, dilation } = geometry;
  if (
    dilation[0] !== 1 || dilation[1] !== 1 ||
    !hasKernel("Conv2DBackpropFilter")
  ) {
    return filterGradientByTaps(x, dy, geometry);
  }
  return runKernel("Conv2DBackpropFilter", { x, dy }, {
    strides: [...stride],
    pad: explicitPadding(padding),
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

const conv2d: Expansion<"conv2d"> = (op, inputs) => {
  const x = inputs[0];
  const kernel = inputs[1];
  const bias = inputs[2];
  const { groups, activation } = op;
  if (groups === 1) {
    return [convolve(x, kernel, { geometry: op, bias, activation })];
  }
  if (isDepthwise(op, kernel.shape)) {
    return [depthwise(op, inputs)];
  }
  const biasOf = (group: number): Tensor | undefined =>
    bias === undefined ? undefined : channelGroup(bias, group, groups);
  return [
    byGroup(groups, (group) =>
      convolve(
        channelGroup(x, group, groups),
        channelGroup(kernel, group, groups),
        { geometry: op, bias: biasOf(group), activation },
      )),
  ];
};

/** A kernel `[h, w, 1, out]` has the same numbers as the depthwise kernels' `[h, w, in, out / in]`. */
function depthwise(op: OpOf<"conv2d">, inputs: Operands<"conv2d", Tensor>): Tensor {
  const [h, w, , out] = axes(inputs[1].shape);
  const filter = reshape(inputs[1], [h, w, op.groups, out / op.groups]);
  const bias = inputs[2];
  const x = inputs[0];
  const attributes = {
    strides: [...op.stride],
    pad: explicitPadding(op.padding),
    dilations: [...op.dilation],
    dataFormat: "NHWC",
  };
  if (bias === undefined && op.activation === "none") {
    return runKernel("DepthwiseConv2dNative", { x, filter }, attributes);
  }
  return runKernel(
    "FusedDepthwiseConv2D",
    bias === undefined ? { x, filter } : { x, filter, bias },
    { ...attributes, activation: op.activation === "relu" ? "relu" : "linear", leakyreluAlpha: 0 },
  );
}

const conv2dInputGrad: Expansion<"conv2dInputGrad"> = (op, inputs) => {
  const dy = inputs[0];
  const kernel = inputs[1];
  const { groups } = op;
  if (groups === 1) return [inputGradient(dy, kernel, op)];
  const [n, h, w, channels] = axes(op.inputShape);
  const inputShape = [n, h, w, channels / groups];
  return [
    byGroup(groups, (group) =>
      inputGradient(
        channelGroup(dy, group, groups),
        channelGroup(kernel, group, groups),
        { ...op, inputShape },
      )),
  ];
};

const conv2dFilterGrad: Expansion<"conv2dFilterGrad"> = (op, inputs) => {
  const x = inputs[0];
  const dy = inputs[1];
  const { groups } = op;
  if (groups === 1) return [filterGradient(x, dy, op)];
  const [h, w, channels, out] = axes(op.kernelShape);
  const kernelShape = [h, w, channels, out / groups];
  return [
    byGroup(groups, (group) =>
      filterGradient(
        channelGroup(x, group, groups),
        channelGroup(dy, group, groups),
        { ...op, kernelShape },
      )),
  ];
};

/** The expansions of this file. */
export const CONVOLUTION: {
  readonly conv2d: Expansion<"conv2d">;
  readonly conv2dInputGrad: Expansion<"conv2dInputGrad">;
  readonly conv2dFilterGrad: Expansion<"conv2dFilterGrad">;
  readonly matmul: Expansion<"matmul">;
} = {
  conv2d,
  conv2dInputGrad,
  conv2dFilterGrad,
  matmul: ({ transposeA, transposeB }, inputs) => {
    const a = inputs[0];
    const b = inputs[1];
    const bias = inputs[2];
    const product = matmul(a, b, { transposeA, transposeB });
    // The fused kernel ignores the transpositions on wasm.
    return [bias === undefined ? product : add(product, bias)];
  },
};
