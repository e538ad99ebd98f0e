/**
 * Convolutions, their gradients, and matrix products.
 *
 * A filter gradient is a product over all positions,
 * `dK[o, i, r, s] = sum over n, p of dY[n, o, p] X[n, i, p shifted by (r, s)]`.
 * ONNX has no operator for it. With stride 1 the shift is split: the rows of
 * dY are moved by r, the columns of X by s, both with zeros coming in, so that
 * a 3x3 kernel takes four copies and nine products. With larger strides X is
 * cut into the pixels that each tap meets.
 */
import type { ConvolutionGeometry, OpOf, Padding, TensorShape } from "../../graph/op.ts";
import type { Emitter, Value } from "./emitter.ts";
import { notBefore } from "./elementwise.ts";
import { type Expansion, type Expansions, mapOperand, operand } from "./expansion.ts";

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
  const x = mapOperand(emitter, inputs, 0);
  const kernel = emitter.inOrder(operand(inputs, 1), "kernel");
  const [n = 1, h = 1, w = 1, c = 1] = resultShapes[0] ?? [];
  const operands = [x, kernel, inputs[2]];
  const attributes = geometryOf(op, kernel.shape);
  const y = asMap(
    more === undefined
      ? emitter.node("Conv", operands.slice(0, inputs.length), [n, c, h, w], attributes)
      : emitter.microsoft("FusedConv", [...operands, more], [n, c, h, w], attributes),
  );
  return [op.activation === "relu" ? emitter.unary("Relu", y) : y];
};

function asMap(value: Value): Value {
  return { ...value, order: "map" };
}

/**
 * With stride 1 the gradient is a convolution with the kernel turned around;
 * else ONNX's transposed convolution is just this gradient.
 */
const conv2dInputGrad: Expansion<"conv2dInputGrad"> = (op, inputs, { emitter, more }) => {
  const dy = mapOperand(emitter, inputs, 0);
  const kernel = emitter.inOrder(operand(inputs, 1), "kernel");
  const [n = 1, height = 1, width = 1, channels = 1] = op.inputShape;
  const shape = [n, channels, height, width];
  const [, , kh = 1, kw = 1] = kernel.shape;
  const reach = [(kh - 1) * op.dilation[0], (kw - 1) * op.dilation[1]] as const;
  const [top, bottom, left, right] = op.padding;
  const back: Padding = [reach[0] - top, reach[0] - bottom, reach[1] - left, reach[1] - right];
  const plain = op.stride[0] === 1 && op.stride[1] === 1 && op.groups === 1 &&
    back.every((side) => side >= 0);
  if (plain) {
    const turned = turnedAround(emitter, kernel);
    const attributes = geometryOf({ ...op, padding: back }, turned.shape);
    return [asMap(
      more === undefined
        ? emitter.node("Conv", [dy, turned], shape, attributes)
        : emitter.microsoft("FusedConv", [dy, turned, undefined, more], shape, attributes),
    )];
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
  return [more === undefined ? dx : emitter.binary("Add", dx, more)];
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

const conv2dFilterGrad: Expansion<"conv2dFilterGrad"> = (op, inputs, { emitter, own }) => {
  const x = mapOperand(emitter, inputs, 0);
  const dy = mapOperand(emitter, inputs, 1);
  const products: Products = { emitter, own, groups: op.groups };
  const [h, w, i, o] = op.kernelShape as readonly [number, number, number, number];
  if (h * w === 1 && op.stride[0] * op.stride[1] === 1 && op.padding.every((side) => side === 0)) {
    const sum = sumOfImages(emitter, product(products, dy, x));
    return [{ ...emitter.reshape(sum, [o, i, 1, 1]), order: "kernel" }];
  }
  const taps = isShift(op, x, dy) ? shiftedTaps(products, op, x, dy) : cutTaps(products, op, x, dy);
  const [n = 1] = dy.shape;
  const stacked = emitter.node(
    "Concat",
    taps.map((tap) => emitter.reshape(tap, [n, 1, o, i])),
    [n, h * w, o, i],
    { axis: 1 },
  );
  const sum = sumOfImages(emitter, stacked);
  const last = emitter.node("Transpose", [sum], [o, i, h * w], { perm: [1, 2, 0] });
  return [{ ...emitter.reshape(last, [o, i, h, w]), order: "kernel" }];
};

interface Products {
  readonly emitter: Emitter;
  readonly own: boolean;
  readonly groups: number;
}

/** Whether X and dY have the same size, so that every tap is a shift. */
function isShift(op: OpOf<"conv2dFilterGrad">, x: Value, dy: Value): boolean {
  return op.stride[0] === 1 && op.stride[1] === 1 &&
    x.shape[2] === dy.shape[2] && x.shape[3] === dy.shape[3];
}

function shiftedTaps(
  products: Products,
  { kernelShape: [h = 1, w = 1], padding, dilation }: OpOf<"conv2dFilterGrad">,
  x: Value,
  dy: Value,
): readonly Value[] {
  const { emitter } = products;
  const columns = Array.from({ length: w }, (_, s) => {
    const by = s * dilation[1] - padding[2];
    return moved(emitter, x, [0, by], dy);
  });
  return Array.from({ length: h }, (_, r) => {
    const by = r * dilation[0] - padding[0];
    const rows = moved(emitter, dy, [-by, 0], dy);
    return columns.map((column) => product(products, rows, column));
  }).flat();
}

/**
 * The map whose pixel (i, j) is the old one's (i + down, j + right), zero where
 * there is none. Pixels lie row after row, so both are shifts of one long row;
 * columns that would come in from the row beside are zeroed before, not sooner
 * than the gradient is there.
 */
function moved(
  emitter: Emitter,
  x: Value,
  [down, right]: readonly [number, number],
  gradient: Value,
): Value {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  const by = Math.max(-height * width, Math.min(height * width, down * width + right));
  if (by === 0) return x;
  const mask = (): Value => notBefore(emitter, columns(emitter, width, right), gradient);
  const kept = right === 0 ? x : asMap(emitter.binary("Mul", x, mask()));
  const row = emitter.reshape(kept, [n, c, height * width]);
  const shifted = emitter.node("Pad", [row, emitter.whole(0, 0, -by, 0, 0, by)], row.shape);
  return asMap(emitter.reshape(shifted, x.shape));
}

/** One for each column that a shift to the right keeps, else zero. */
function columns(emitter: Emitter, width: number, right: number): Value {
  const kept = Float32Array.from(
    { length: width },
    (_, j) => j - right >= 0 && j - right < width ? 1 : 0,
  );
  return emitter.floats([width], kept);
}

/** For every tap the pixels of X that it meets, as many as dY has. */
function cutTaps(
  products: Products,
  { kernelShape: [h = 1, w = 1], padding, stride, dilation }: OpOf<"conv2dFilterGrad">,
  x: Value,
  dy: Value,
): readonly Value[] {
  const { emitter } = products;
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  const [, , rows = 1, columns = 1] = dy.shape;
  const extent = [
    (rows - 1) * stride[0] + (h - 1) * dilation[0] + 1,
    (columns - 1) * stride[1] + (w - 1) * dilation[1] + 1,
  ] as const;
  const [top, , left] = padding;
  // What no tap meets at the far ends is left out by the cuts.
  const below = Math.max(0, extent[0] - height - top);
  const beside = Math.max(0, extent[1] - width - left);
  const framed = [top, left, below, beside].every((side) => side === 0) ? x : emitter.node(
    "Pad",
    [x, emitter.whole(0, 0, top, left, 0, 0, below, beside)],
    [n, c, top + height + below, left + width + beside],
  );
  return Array.from({ length: h * w }, (_, tap) => {
    const from = [Math.floor(tap / w) * dilation[0], (tap % w) * dilation[1]] as const;
    const cut = emitter.node("Slice", [
      framed,
      emitter.whole(...from),
      emitter.whole(from[0] + (rows - 1) * stride[0] + 1, from[1] + (columns - 1) * stride[1] + 1),
      emitter.whole(2, 3),
      emitter.whole(...stride),
    ], [n, c, rows, columns]);
    return product(products, dy, cut);
  });
}

/** `[n, groups, outputs / groups, inputs / groups]`: the products of dY and X over all positions. */
function product({ emitter, own, groups }: Products, dy: Value, x: Value): Value {
  const [n = 1, outputs = 1, rows = 1, columns = 1] = dy.shape;
  const [, channels = 1] = x.shape;
  const [o, i, positions] = [outputs / groups, channels / groups, rows * columns];
  const left = emitter.reshape(dy, [n, groups, o, positions]);
  const right = emitter.reshape(x, [n, groups, i, positions]);
  const shape = [n, groups, o, i];
  return own
    ? emitter.microsoft("FusedMatMul", [left, right], shape, { transB: 1 })
    : emitter.node("MatMul", [
      left,
      emitter.node("Transpose", [right], [n, groups, positions, i], { perm: [0, 1, 3, 2] }),
    ], shape);
}

/** The sum over the first axis. */
function sumOfImages(emitter: Emitter, x: Value): Value {
  return emitter.node("ReduceSum", [x, emitter.whole(0)], x.shape.slice(1), { keepdims: 0 });
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
