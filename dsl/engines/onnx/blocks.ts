/**
 * The order of axes in which ONNX Runtime convolves fastest: channels in blocks
 * of as many as its vectors hold, `[n, c / block, h, w, block]`. The runtime
 * has operators for it in a domain of its own. A tensor in this order keeps the
 * shape `[n, c, h, w]`, so that what works entry by entry takes it as it is.
 */
import type { TensorShape } from "../../graph/op.ts";
import type { Attributes, Emitter, Value } from "./emitter.ts";
import { BLOCKED } from "./model.ts";

/** Whether a convolution of these channels and groups has blocks. */
export function hasBlocks(
  block: number,
  { inputs, outputs, groups }: {
    readonly inputs: number;
    readonly outputs: number;
    readonly groups: number;
  },
): boolean {
  const whole = (channels: number): boolean => channels % (block * groups) === 0;
  return block > 0 && whole(inputs) && whole(outputs);
}

/** A kernel OIHW as the runtime's own convolution takes it: `[o / block, i / block, h, w, block of i, block of o]`. */
export function blockedKernel(emitter: Emitter, kernel: Value, block: number): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  if (h * w === 1) {
    const rows = emitter.reshape(kernel, [o / block, block, i]);
    const turned = emitter.node("Transpose", [rows], [o / block, i, block], { perm: [0, 2, 1] });
    return emitter.reshape(turned, kernel.shape);
  }
  const parts = emitter.reshape(kernel, [o / block, block, i / block, block, h * w]);
  const turned = emitter.node(
    "Transpose",
    [parts],
    [o / block, i / block, h * w, block, block],
    { perm: [0, 2, 4, 3, 1] },
  );
  return emitter.reshape(turned, kernel.shape);
}

/** The kernel of the gradient with respect to the input: inputs and outputs exchanged, taps turned around, in blocks. */
export function blockedBackwards(emitter: Emitter, kernel: Value, block: number): Value {
  const [o = 1, i = 1, h = 1, w = 1] = kernel.shape;
  if (h * w === 1) {
    const parts = emitter.reshape(kernel, [o, i / block, block]);
    const turned = emitter.node("Transpose", [parts], [i / block, o, block], { perm: [1, 0, 2] });
    return emitter.reshape(turned, [i, o, 1, 1]);
  }
  const parts = emitter.reshape(kernel, [o / block, block, i / block, block, h * w]);
  const turned = emitter.node(
    "Transpose",
    [parts],
    [i / block, o / block, h * w, block, block],
    { perm: [2, 0, 4, 1, 3] },
  );
  const backwards = emitter.whole(...Array.from({ length: h * w }, (_, k) => h * w - 1 - k));
  const gathered = emitter.node("Gather", [turned, backwards], turned.shape, { axis: 2 });
  return emitter.reshape(gathered, [i, o, h, w]);
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
  emitter: Emitter,
  { x, kernel, bias, more, shape, attributes }: BlockedConvolution,
): Value {
  const operands = [
    emitter.inOrder(x, "blocked"),
    kernel,
    bias,
    more === undefined ? undefined : emitter.inOrder(more, "blocked"),
  ];
  const y = emitter.write("Conv", operands, [shape], attributes, BLOCKED)[0] as Value;
  return { ...y, order: "blocked" };
}

/** The mean of each channel over a map in blocks, `[n, c]`. */
export function meansOfBlocks(emitter: Emitter, x: Value): Value {
  const [n = 1, c = 1] = x.shape;
  const means = emitter.write("GlobalAveragePool", [x], [[n, c, 1, 1]], {}, BLOCKED)[0] as Value;
  return emitter.reshape(means, [n, c]);
}

/**
 * The sum of `a b` over each channel of maps in blocks, `[n, c]`: a convolution
 * of every map of `a` with the one of `b` as its kernel, in one pass over both.
 */
export function dotsOfBlocks(emitter: Emitter, a: Value, b: Value): Value {
  const [n = 1, c = 1, height = 1, width = 1] = a.shape;
  const maps = n * c;
  const operands = [
    emitter.reshape(a, [1, maps, height, width]),
    emitter.reshape(b, [maps, 1, height, width]),
  ];
  const attributes = { kernel_shape: [height, width], group: maps };
  const dots = emitter.write("Conv", operands, [[1, maps, 1, 1]], attributes, BLOCKED)[0] as Value;
  return emitter.reshape(dots, [n, c]);
}
