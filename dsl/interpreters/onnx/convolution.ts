/**
 * Convolutions, their gradients, and matrix products. Where the runtime has
 * channels in blocks and theirs are whole blocks, they are convolved in those.
 */
import type { ConvolutionGeometry, Padding, Pair, TensorShape } from "../../graph/op.ts";
import {
  blockedBackwards,
  blockedKernel,
  convolveBlocks,
  fillsBlocks,
  firstChannels,
  hasBlocks,
  outputsLast,
  wholeBlocks,
  wholeInputs,
} from "./blocks.ts";
import { conv2dFilterGrad } from "./filter_gradient.ts";
import type { Emitter, Expansion, Expansions } from "./emitter.ts";
import { ordered } from "./layout.ts";
import { BLOCKED, MICROSOFT } from "./model.ts";
import type { Attributes, Value } from "./writer.ts";

/** ONNX's order of padding: top, left, bottom, right. */
export function pads([top, bottom, left, right]: Padding): readonly number[] {
  return [top, left, bottom, right];
}

/** The rows and columns of a map that its windows, which reach `reach` pixels each, leave out at the far ends. */
export function missed(
  { stride, padding: [top, bottom, left, right] }: {
    readonly stride: Pair;
    readonly padding: Padding;
  },
  reach: readonly [number, number],
  [, , height = 1, width = 1]: TensorShape,
  [, , rows = 1, columns = 1]: TensorShape,
): readonly number[] {
  return [
    height - ((rows - 1) * stride[0] + reach[0] - top - bottom),
    width - ((columns - 1) * stride[1] + reach[1] - left - right),
  ];
}

function geometryOf(
  { stride, dilation, groups, padding }: ConvolutionGeometry,
  kernel: TensorShape,
): Attributes {
  return {
    kernel_shape: kernel.slice(2),
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: pads(padding),
  };
}

const conv2d: Expansion<"conv2d"> = ({ e, op, shape: result, more }, x, weights, bias) => {
  const kernel = e.inOrder(weights, "kernel");
  const [o = 1, i = 1] = kernel.shape;
  const shape = ordered(result, "map");
  const attributes = geometryOf(op, kernel.shape);
  const activated: Attributes = op.activation === "relu"
    ? { ...attributes, activation: "Relu" }
    : attributes;
  const inputs = i * op.groups;
  if (hasBlocks(e, { inputs, outputs: o, groups: op.groups })) {
    return [convolveBlocks(e, {
      x: fillsBlocks(e, inputs) ? wholeBlocks(e, x) : x,
      kernel: blockedKernel(e, fillsBlocks(e, inputs) ? wholeInputs(e, kernel) : kernel),
      bias,
      more,
      shape,
      attributes: activated,
    })];
  }
  if (op.groups === 1 && inputs < e.block && inputs < 4 && o % e.block === 0) {
    const operands = [e.map(x), outputsLast(e, kernel), bias, more && e.inOrder(more, "blocked")];
    const y = e.node("Conv", operands, shape, activated, BLOCKED);
    return [{ ...y, order: "blocked" }];
  }
  const y = convolve(e, [e.map(x), kernel, bias], { more, shape, attributes });
  return [op.activation === "relu" ? e.unary("Relu", y) : y];
};

/** A convolution in ONNX's own order, plus a map; operands that are left out stand at the end. */
function convolve(
  e: Emitter,
  [x, kernel, bias]: readonly (Value | undefined)[],
  { more, shape, attributes }: {
    readonly more: Value | undefined;
    readonly shape: TensorShape;
    readonly attributes: Attributes;
  },
): Value {
  const y = more === undefined
    ? e.node("Conv", [x, kernel, bias], shape, attributes)
    : e.node("FusedConv", [x, kernel, bias, e.map(more)], shape, attributes, MICROSOFT);
  return { ...y, order: "map" };
}

/**
 * With stride 1 the gradient is a convolution with the kernel turned around;
 * else ONNX's transposed convolution is just this gradient.
 */
const conv2dInputGrad: Expansion<"conv2dInputGrad"> = (
  { e, op, shape: result, more },
  given,
  weights,
) => {
  const kernel = e.inOrder(weights, "kernel");
  const shape = ordered(result, "map");
  const [outputs = 1, , kh = 1, kw = 1] = kernel.shape;
  const reach = [(kh - 1) * op.dilation[0], (kw - 1) * op.dilation[1]] as const;
  const [top, bottom, left, right] = op.padding;
  const back: Padding = [reach[0] - top, reach[0] - bottom, reach[1] - left, reach[1] - right];
  const plain = op.stride[0] === 1 && op.stride[1] === 1 && op.groups === 1 &&
    back.every((side) => side >= 0);
  const attributes = geometryOf(plain ? { ...op, padding: back } : op, kernel.shape);
  const [, inputs = 1] = shape;
  if (plain && hasBlocks(e, { inputs, outputs, groups: 1 })) {
    if (!fillsBlocks(e, inputs)) {
      const backwards = blockedBackwards(e, kernel);
      return [convolveBlocks(e, { x: given, kernel: backwards, more, shape, attributes })];
    }
    const whole = wholeInputs(e, kernel);
    const filled = shape.with(1, whole.shape[1] ?? 1);
    const backwards = blockedBackwards(e, whole);
    const y = convolveBlocks(e, { x: given, kernel: backwards, shape: filled, attributes });
    const dx = firstChannels(e, y, inputs);
    return [more === undefined ? dx : e.add(dx, more)];
  }
  const dy = e.map(given);
  if (plain) return [convolve(e, [dy, turnedAround(e, kernel)], { more, shape, attributes })];
  const output_padding = missed(op, [reach[0] + 1, reach[1] + 1], shape, dy.shape);
  const y = e.node("ConvTranspose", [dy, kernel], shape, { ...attributes, output_padding });
  const dx: Value = { ...y, order: "map" };
  return [more === undefined ? dx : e.add(dx, more)];
};

/** The kernel with inputs and outputs exchanged and its taps in the opposite order. */
function turnedAround(e: Emitter, kernel: Value): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  const exchanged = e.transpose(kernel, [1, 0, 2, 3]);
  if (h * w === 1) return exchanged;
  const flat = e.reshape(exchanged, [i, o, h * w]);
  return e.reshape(e.backwards(flat, 2), [i, o, h, w]);
}

/** The expansions of this file. */
export const CONVOLUTION = {
  conv2d,
  conv2dInputGrad,
  conv2dFilterGrad,
  matmul: ({ e, op, shape }, ...operands) => [
    e.node("Gemm", operands, shape, {
      transA: op.transposeA ? 1 : 0,
      transB: op.transposeB ? 1 : 0,
    }),
  ],
} satisfies Partial<Expansions>;
