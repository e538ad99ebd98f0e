/**
 * Convolutions and products of matrices. Where a bias and a rectifier follow,
 * they are part of the node. TensorFlow.js knows no groups but depthwise
 * kernels: others are convolved one by one and joined.
 */
import type { ConvolutionGeometry, OpOf, Pair, TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import type { Emitter, Value } from "./emitter.ts";
import type { Expansions } from "./expansion.ts";
import { type Attributes, text, texts, truth, whole } from "./model.ts";
import { paddingOf, perAxis } from "./windows.ts";

const ONE: Pair = [1, 1];
const isOne = ([height, width]: Pair): boolean => height === 1 && width === 1;

/** The pixels that a dilated kernel reaches over. */
function extentOf([h = 1, w = 1]: TensorShape, { dilation }: ConvolutionGeometry): Pair {
  return [(h - 1) * dilation[0] + 1, (w - 1) * dilation[1] + 1];
}

/** A value in groups of its last axis. */
function inGroups(e: Emitter, value: Value, groups: number): readonly Value[] {
  const { shape } = value;
  const width = (shape.at(-1) ?? 1) / groups;
  const part = shape.with(-1, width);
  const numbers = e.numbers(value);
  if (numbers !== undefined) {
    return Array.from({ length: groups }, (_, group) =>
      e.derived(value, {
        key: `group ${group} of ${groups}`,
        suffix: `/group${group + 1}`,
        shape: part,
        data: () => numbers.filter((_, i) => Math.floor(i % (width * groups) / width) === group),
      }));
  }
  const axis = e.wholes("axis", [shape.length - 1], []);
  const split = e.node("Split", [axis, value], part, { num_split: whole(groups) });
  return Array.from({ length: groups }, (_, result) => ({ ...split, result }));
}

/** What is convolved: a map, a kernel, and what is added. */
type Operands = readonly [x: Value, kernel: Value, bias?: Value | undefined];

/** Writes an operation for each group of channels and joins what they give. */
function byGroup(
  e: Emitter,
  groups: number,
  [x, kernel, bias]: Operands,
  write: (...parts: Operands) => Value,
): Value {
  const [xs, biases] = [x, bias].map((value) => value && inGroups(e, value, groups));
  const made = inGroups(e, kernel, groups).flatMap((kernel, group) => {
    const part = xs?.[group];
    return part === undefined ? [] : [write(part, kernel, biases?.[group])];
  });
  return e.joined(made, 3);
}

/** A depthwise kernel as TensorFlow has them: `[h, w, in, out / in]` in place of `[h, w, 1, out]`. */
function depthwise(e: Emitter, kernel: Value, inputs: number): Value {
  const [h = 1, w = 1, , out = 1] = kernel.shape;
  const shape = [h, w, inputs, out / inputs];
  const numbers = e.numbers(kernel);
  return numbers === undefined
    ? e.node("Reshape", [kernel, e.wholes("shape", shape)], shape)
    : e.derived(kernel, { key: "depthwise", shape, data: () => numbers });
}

/** A node with the bias and the rectifier in it where TensorFlow has such a one. */
function fused(
  e: Emitter,
  names: { readonly plain: string; readonly fused: string },
  operands: readonly Value[],
  { bias, activation, shape, attributes }: {
    readonly bias: Value | undefined;
    readonly activation: "none" | "relu";
    readonly shape: TensorShape;
    readonly attributes: Attributes;
  },
): Value {
  const isRectified = activation === "relu";
  if (bias === undefined) {
    const y = e.node(names.plain, operands, shape, attributes);
    return isRectified ? e.node("Relu", [y], shape) : y;
  }
  return e.node(names.fused, [...operands, bias], shape, {
    ...attributes,
    fused_ops: texts(isRectified ? ["BiasAdd", "Relu"] : ["BiasAdd"]),
    num_args: whole(1),
  });
}

const WHOLE = { plain: "Conv2D", fused: "_FusedConv2D" } as const;
const DEPTHWISE = {
  plain: "DepthwiseConv2dNative",
  fused: "FusedDepthwiseConv2dNative",
} as const;

type Convolution = Omit<OpOf<"conv2d">, "op">;

/** A convolution without groups, or a depthwise one. */
function convolve(
  e: Emitter,
  [x, kernel, bias]: Operands,
  op: Convolution,
  shape: TensorShape,
): Value {
  // TensorFlow.js cannot both step and dilate.
  const isBoth = !isOne(op.stride) && !isOne(op.dilation);
  const [, rows = 1, columns = 1] = shape;
  const reached = isBoth
    ? shape.with(1, (rows - 1) * op.stride[0] + 1).with(2, (columns - 1) * op.stride[1] + 1)
    : shape;
  const windows = { ...op, extent: extentOf(kernel.shape, op) };
  const isDepthwise = op.groups > 1;
  const y = fused(
    e,
    isDepthwise ? DEPTHWISE : WHOLE,
    [x, isDepthwise ? depthwise(e, kernel, op.groups) : kernel],
    {
      bias,
      activation: op.activation,
      shape: reached,
      attributes: {
        strides: perAxis(isBoth ? ONE : op.stride),
        dilations: perAxis(op.dilation),
        data_format: text("NHWC"),
        ...paddingOf(isBoth ? { ...windows, stride: ONE } : windows, x.shape),
      },
    },
  );
  if (!isBoth) return y;
  return e.node(
    "StridedSlice",
    [
      y,
      e.wholes("begin", [0, 0, 0, 0]),
      e.wholes("end", [0, ...reached.slice(1)]),
      e.wholes("strides", [1, ...op.stride, 1]),
    ],
    shape,
    { begin_mask: whole(0b1001), end_mask: whole(0b1001) },
  );
}

/** Of which size the map is that a transposed convolution gives. */
function sizeOfResult(e: Emitter, dy: Value, [, ...size]: TensorShape): Value {
  const shape = e.node("Shape", [dy], [4]);
  const batch = e.node("Slice", [shape, e.wholes("begin", [0]), e.wholes("size", [1])], [1]);
  return e.joined([batch, e.wholes("map", size)], 0);
}

/** The expansions of this file. */
export const CONVOLUTION = {
  conv2d: ({ e, op, shape }, x, kernel, bias) => {
    const operands: Operands = [e.plain(x), e.plain(kernel), bias && e.plain(bias)];
    if (op.groups === 1 || kernel.shape[2] === 1) return convolve(e, operands, op, shape);
    const part = shape.with(-1, (shape.at(-1) ?? 1) / op.groups);
    return byGroup(
      e,
      op.groups,
      operands,
      (...parts) => convolve(e, parts, { ...op, groups: 1 }, part),
    );
  },
  conv2dInputGrad: ({ e, op, shape }, dy, kernel) => {
    const windows = { ...op, extent: extentOf(kernel.shape, op) };
    const attributes = { strides: perAxis(op.stride), ...paddingOf(windows, shape) };
    const part = shape.with(-1, kernel.shape[2] ?? 1);
    const write = (...[dy, kernel]: Operands): Value =>
      e.node("Conv2DBackpropInput", [sizeOfResult(e, dy, part), kernel, dy], part, attributes);
    const operands: Operands = [e.plain(dy), e.plain(kernel)];
    return op.groups === 1 ? write(...operands) : byGroup(e, op.groups, operands, write);
  },
  matmul: ({ e, op: { transposeA, transposeB }, shape }, a, b, bias) => {
    const attributes = { transpose_a: truth(transposeA), transpose_b: truth(transposeB) };
    const operands = [e.plain(a), e.plain(b)];
    // On some backends the fused product knows no transposition.
    if (bias === undefined || transposeA || transposeB) {
      const y = e.node("MatMul", operands, shape, attributes);
      return bias === undefined ? y : e.binary("AddV2", y, bias);
    }
    return fused(e, { plain: "MatMul", fused: "_FusedMatMul" }, operands, {
      bias: e.plain(bias),
      activation: "none",
      shape,
      attributes,
    });
  },
} satisfies Expansions;

/** Whether TensorFlow has no operator for such a convolution. */
export function isBeyond(op: ConvolutionGeometry & { readonly op: string }): boolean {
  return op.op === "conv2dInputGrad" && sizeOf(op.dilation) > 1;
}
