/**
 * Convolutions, their gradients, and matrix products. Where the runtime has
 * channels in blocks and theirs are whole blocks, they are convolved in those.
 */
import type { ConvolutionGeometry, Padding, TensorShape } from "../../graph/op.ts";
import { blockedBackwards, blockedKernel, convolveBlocks, hasBlocks } from "./blocks.ts";
import { type Attributes, type Emitter, ordered, type Value } from "./emitter.ts";
import { together } from "./elementwise.ts";
import { conv2dFilterGrad } from "./filter_gradient.ts";
import { asMap, type Expansion, type Expansions, mapOperand, operand } from "./expansion.ts";

/** ONNX's order of padding: top, left, bottom, right. */
export function pads([top, bottom, left, right]: Padding): readonly number[] {
  return [top, left, bottom, right];
}

function geometryOf(
  { stride, dilation, groups, padding }: ConvolutionGeometry,
  kernel: TensorShape,
): Readonly<Record<string, number | readonly number[]>> {
  return {
    kernel_shape: kernel.slice(2),
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: pads(padding),
  };
}

const conv2d: Expansion<"conv2d"> = (op, inputs, { emitter, resultShapes, more }) => {
  const kernel = emitter.inOrder(operand(inputs, 1), "kernel");
  const [o = 1, i = 1] = kernel.shape;
  const shape = ordered(resultShapes[0] ?? [], "map");
  const attributes = geometryOf(op, kernel.shape);
  if (hasBlocks(emitter, { inputs: i * op.groups, outputs: o, groups: op.groups })) {
    return [convolveBlocks(emitter, {
      x: operand(inputs, 0),
      kernel: blockedKernel(emitter, kernel),
      bias: inputs[2],
      more,
      shape,
      attributes: op.activation === "relu" ? { ...attributes, activation: "Relu" } : attributes,
    })];
  }
  const y = convolve(emitter, [mapOperand(emitter, inputs, 0), kernel, inputs[2]], {
    more,
    shape,
    attributes,
  });
  return [op.activation === "relu" ? emitter.unary("Relu", y) : y];
};

/** A convolution in ONNX's own order, plus a map; operands that are left out stand at the end. */
function convolve(
  emitter: Emitter,
  operands: readonly (Value | undefined)[],
  { more, shape, attributes }: {
    readonly more: Value | undefined;
    readonly shape: TensorShape;
    readonly attributes: Attributes;
  },
): Value {
  const [x, kernel, bias] = operands;
  return asMap(
    more === undefined
      ? emitter.node("Conv", [x, kernel, bias], shape, attributes)
      : emitter.microsoft(
        "FusedConv",
        [x, kernel, bias, emitter.inOrder(more, "map")],
        shape,
        attributes,
      ),
  );
}

/**
 * With stride 1 the gradient is a convolution with the kernel turned around;
 * else ONNX's transposed convolution is just this gradient.
 */
const conv2dInputGrad: Expansion<"conv2dInputGrad"> = (op, inputs, { emitter, more }) => {
  const kernel = emitter.inOrder(operand(inputs, 1), "kernel");
  const [n = 1, height = 1, width = 1, channels = 1] = op.inputShape;
  const shape = [n, channels, height, width];
  const [, , kh = 1, kw = 1] = kernel.shape;
  const reach = [(kh - 1) * op.dilation[0], (kw - 1) * op.dilation[1]] as const;
  const [top, bottom, left, right] = op.padding;
  const back: Padding = [reach[0] - top, reach[0] - bottom, reach[1] - left, reach[1] - right];
  const plain = op.stride[0] === 1 && op.stride[1] === 1 && op.groups === 1 &&
    back.every((side) => side >= 0);
  const [outputs = 1] = kernel.shape;
  if (plain && hasBlocks(emitter, { inputs: channels, outputs, groups: 1 })) {
    return [convolveBlocks(emitter, {
      x: operand(inputs, 0),
      kernel: blockedBackwards(emitter, kernel),
      more,
      shape,
      attributes: geometryOf({ ...op, padding: back }, kernel.shape),
    })];
  }
  const dy = mapOperand(emitter, inputs, 0);
  if (plain) {
    const attributes = geometryOf({ ...op, padding: back }, kernel.shape);
    return [convolve(emitter, [dy, turnedAround(emitter, kernel)], { more, shape, attributes })];
  }
  const [, , rows = 1, columns = 1] = dy.shape;
  const missed = [
    height - ((rows - 1) * op.stride[0] + reach[0] + 1 - top - bottom),
    width - ((columns - 1) * op.stride[1] + reach[1] + 1 - left - right),
  ];
  const dx = asMap(emitter.node("ConvTranspose", [dy, kernel], shape, {
    ...geometryOf(op, kernel.shape),
    output_padding: missed,
  }));
  return [more === undefined ? dx : together(emitter, "Add", dx, more)];
};

/** The kernel with inputs and outputs exchanged and its taps in the opposite order. */
function turnedAround(emitter: Emitter, kernel: Value): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  const exchanged = emitter.node("Transpose", [kernel], [i, o, h, w], { perm: [1, 0, 2, 3] });
  if (h * w === 1) return exchanged;
  const flat = emitter.reshape(exchanged, [i, o, h * w]);
  const backwards = emitter.whole(...Array.from({ length: h * w }, (_, k) => h * w - 1 - k));
  const turned = emitter.node("Gather", [flat, backwards], [i, o, h * w], { axis: 2 });
  return emitter.reshape(turned, [i, o, h, w]);
}

const matmul: Expansion<"matmul"> = (op, inputs, { emitter, resultShapes: [shape = []] }) => [
  emitter.node("Gemm", inputs, shape, {
    transA: op.transposeA ? 1 : 0,
    transB: op.transposeB ? 1 : 0,
  }),
];

/** The expansions of this file. */
export const CONVOLUTION: Expansions<
  "conv2d" | "conv2dInputGrad" | "conv2dFilterGrad" | "matmul"
> = { conv2d, conv2dInputGrad, conv2dFilterGrad, matmul };
