/**
 * The order of axes in which ONNX Runtime convolves fastest: channels in blocks
 * of as many as its vectors hold, `[n, c / block, h, w, block]`. The runtime
 * has operators for it in a domain of its own. A tensor in this order keeps the
 * shape `[n, c, h, w]`, so that what works entry by entry takes it as it is.
 */
import type { TensorShape } from "../../graph/op.ts";
import type { Emitter } from "./emitter.ts";
import { BLOCKED } from "./model.ts";
import type { Attributes, Value } from "./writer.ts";

/** Whether the channels of a convolution are whole blocks. */
export function hasBlocks(
  { block }: Emitter,
  { inputs, outputs, groups }: {
    readonly inputs: number;
    readonly outputs: number;
    readonly groups: number;
  },
): boolean {
  const whole = (channels: number): boolean => channels % (block * groups) === 0;
  const fills = groups === 1 && fillsBlocks({ block }, inputs);
  return block > 0 && (whole(inputs) || fills) && whole(outputs);
}

/** Whether channels are not whole blocks, and become so with few more; the runtime takes fours. */
export function fillsBlocks({ block }: Pick<Emitter, "block">, channels: number): boolean {
  const whole = Math.ceil(channels / block) * block;
  return whole > channels && channels % 4 === 0 && 4 * whole <= 6 * channels;
}

/** A kernel OIHW with as many inputs as whole blocks have, those beyond its own zero. */
export function wholeInputs(e: Emitter, kernel: Value): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  const whole = Math.ceil(i / e.block) * e.block;
  const sides = e.whole([0, 0, 0, 0, 0, whole - i, 0, 0]);
  return { ...e.node("Pad", [kernel, sides], [o, whole, h, w]), order: "kernel" };
}

/** Channels in whole blocks, those beyond the map's own zero. */
export function wholeBlocks(e: Emitter, x: Value): Value {
  const [, channels = 1] = x.shape;
  const whole = Math.ceil(channels / e.block) * e.block;
  if (whole === channels) return e.inOrder(x, "blocked");
  const y = e.node("ReorderInput", [e.map(x)], x.shape.with(1, whole), {}, BLOCKED);
  return { ...y, order: "blocked" };
}

/** The first channels of a map in blocks, NCHW. */
export function firstChannels(e: Emitter, x: Value, channels: number): Value {
  const shape = x.shape.with(1, channels);
  return { ...e.node("ReorderOutput", [x], shape, { channels }, BLOCKED), order: "map" };
}

/** The pixels of a map in blocks row after row, each with its channels: `[n h w, c]`. */
export function pixelsOf(e: Emitter, x: Value): Value {
  const [n = 1, channels = 1, height = 1, width = 1] = x.shape;
  const attributes = { channels, channels_last: 1 };
  const y = e.node("ReorderOutput", [x], [n, height, width, channels], attributes, BLOCKED);
  return e.reshape(y, [n * height * width, channels]);
}

/** A kernel OIHW as the runtime's own convolution takes it: `[o / block, i / block, h, w, block of i, block of o]`. */
export function blockedKernel(e: Emitter, kernel: Value): Value {
  const { block } = e;
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  const outputs = outputsLast(e, kernel);
  if (h * w === 1) return outputs;
  const parts = e.reshape(outputs, [o / block, i / block, block, h * w, block]);
  return e.reshape(e.transpose(parts, [0, 1, 3, 2, 4]), kernel.shape);
}

/**
 * A kernel OIHW as the runtime's own convolution takes it for a map that is not in blocks, of fewer
 * channels than one has: `[o / block, i, h, w, block of o]`. Kernels are brought into blocks as maps
 * are, which is far faster than to exchange their axes.
 */
export function outputsLast(e: Emitter, kernel: Value): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  const blocks = e.reshape(kernel, [o / e.block, e.block, i * h * w, 1]);
  return e.reshape(e.node("ReorderInput", [blocks], blocks.shape, {}, BLOCKED), kernel.shape);
}

/** A kernel OIHW from one whose inputs come last, `[o, h, w, i]`. */
export function tapsLast(e: Emitter, kernel: Value): Value {
  const [o = 1, h = 1, w = 1, i = 1] = kernel.shape;
  const shape = [o, i, h, w];
  const isWhole = e.block > 0 && i % e.block === 0;
  const y = isWhole
    ? firstChannels(e, e.node("ReorderInput", [kernel], shape, { channels_last: 1 }, BLOCKED), i)
    : e.transpose(kernel, [0, 3, 1, 2]);
  return { ...y, order: "kernel" };
}

/** The kernel of the gradient with respect to the input: inputs and outputs exchanged, taps turned around, in blocks. */
export function blockedBackwards(e: Emitter, kernel: Value): Value {
  const { block } = e;
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  if (h * w === 1) {
    const parts = e.reshape(kernel, [o, i / block, block]);
    return e.reshape(e.transpose(parts, [1, 0, 2]), [i, o, 1, 1]);
  }
  const lanes = e.node("ReorderInput", [kernel], kernel.shape, {}, BLOCKED);
  const parts = e.reshape(lanes, [o / block, block, i / block, h * w, block]);
  return e.reshape(e.backwards(e.transpose(parts, [2, 0, 3, 1, 4]), 2), [i, o, h, w]);
}

/** A convolution of channels in blocks. */
interface BlockedConvolution {
  /** The map; it is brought into blocks where it is not. */
  readonly x: Value;
  /** The kernel, in blocks. */
  readonly kernel: Value;
  /** A summand for each channel. */
  readonly bias?: Value | undefined;
  /** A map to add; it may be written over. */
  readonly more?: Value | undefined;
  /** The result's shape, NCHW. */
  readonly shape: TensorShape;
  /** Geometry and activation. */
  readonly attributes: Attributes;
}

/** Writes a convolution of channels in blocks. */
export function convolveBlocks(
  e: Emitter,
  { x, kernel, bias, more, shape, attributes }: BlockedConvolution,
): Value {
  const summand = more === undefined ? undefined : e.inOrder(more, "blocked");
  const operands = [e.inOrder(x, "blocked"), kernel, bias, summand];
  return { ...e.node("Conv", operands, shape, attributes, BLOCKED), order: "blocked" };
}

/** The mean of each channel of a map in blocks, over all images. */
export function meanOfBlocks(e: Emitter, x: Value): Value {
  const stripes = stripesOf(x);
  const { count, rows, width } = stripes;
  const input = stripes.each === 1 ? x : e.reshape(x, [1, count, rows, width]);
  const shape = [...input.shape.slice(0, 2), 1, 1];
  const means = e.node("GlobalAveragePool", [input], shape, {}, BLOCKED);
  return overStripes(e, "ReduceMean", means, stripes);
}

/**
 * The sum of `a b` over each channel of maps in blocks: a convolution of every
 * stripe of `a` with the one of `b` as its kernel, in one pass over both.
 */
export function dotOfBlocks(e: Emitter, a: Value, b: Value): Value {
  const stripes = stripesOf(a);
  const { count, rows, width } = stripes;
  const operands = [e.reshape(a, [1, count, rows, width]), e.reshape(b, [count, 1, rows, width])];
  const attributes = { kernel_shape: [rows, width], group: count };
  const dots = e.node("Conv", operands, [1, count, 1, 1], attributes, BLOCKED);
  return overStripes(e, "ReduceSum", dots, stripes);
}

/** At most this number of pixels is added up one after the other, lest rounding errors add up too. */
const LONGEST_SUM = 1024;

/** Maps in blocks cut into stripes: some rows of a block, which lie side by side, are a map of their own. */
interface Stripes {
  readonly images: number;
  readonly channels: number;
  /** Stripes of each map. */
  readonly each: number;
  /** Stripes of all maps. */
  readonly count: number;
  /** Rows of a stripe. */
  readonly rows: number;
  /** Its columns. */
  readonly width: number;
}

function stripesOf({ shape: [images = 1, channels = 1, height = 1, width = 1] }: Value): Stripes {
  let rows = height;
  while (height % rows !== 0 || (rows > 1 && rows * width > LONGEST_SUM)) rows--;
  const each = height / rows;
  return { images, channels, each, count: images * channels * each, rows, width };
}

/** Brings together, for each channel, what was computed of every stripe. */
function overStripes(
  e: Emitter,
  type: "ReduceMean" | "ReduceSum",
  values: Value,
  { images, channels, each }: Stripes,
): Value {
  if (each === 1) return e.reduce(type, e.reshape(values, [images, channels]), [0]);
  const apart = e.reshape(values, [images, channels / e.block, each, e.block]);
  return e.reshape(e.reduce(type, apart, [0, 2]), [channels]);
}
