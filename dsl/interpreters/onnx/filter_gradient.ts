/**
 * The gradient of a convolution with respect to its kernel: a product over all
 * positions,
 * `dK[o, i, r, s] = sum over n, p of dY[n, o, p] X[n, i, p shifted by (r, s)]`.
 * ONNX has no operator for it. With stride 1 the shift is split: the rows of
 * dY are moved by r, the columns of X by s, both with zeros coming in, so that
 * a 3x3 kernel takes four copies and nine products. With larger strides X is
 * cut into the pixels that each tap meets.
 */
import type { OpOf } from "../../graph/op.ts";
import { convolveBlocks, pixelsOf, tapsLast } from "./blocks.ts";
import { notBefore } from "./elementwise.ts";
import type { Emitter, Expansion } from "./emitter.ts";
import { MICROSOFT } from "./model.ts";
import type { Value } from "./writer.ts";

/** As many blocks beside a single one are worth a product of each; with more, maps in one piece are faster. */
const FEW_BLOCKS = 8;

type Op = OpOf<"conv2dFilterGrad">;

/** The expansion of a convolution's kernel gradient. */
export const conv2dFilterGrad: Expansion<"conv2dFilterGrad"> = ({ e, op }, image, given) => {
  const [h, w, i, o] = op.kernelShape as readonly [number, number, number, number];
  const blocked = image.order === "blocked" && given.order === "blocked";
  const [x, dy] = blocked ? [image, given] : [e.map(image), e.map(given)];
  const steps = op.stride[0] * op.stride[1];
  // With maps of one size every tap is a shift.
  const isShift = steps === 1 && x.shape[2] === dy.shape[2] && x.shape[3] === dy.shape[3];
  if (blocked && isShift && op.groups === 1 && isWide(dy, i)) return [pixelwise(e, op, x, dy)];
  if (h * w * steps === 1 && op.padding.every((side) => side === 0)) {
    return [{ ...e.reshape(product(e, op, dy, x), [o, i, 1, 1]), order: "kernel" }];
  }
  const taps = isShift ? shiftedTaps(e, op, x, dy) : cutTaps(e, op, x, dy);
  const beside = e.concat(taps.map((tap) => e.reshape(tap, [o, 1, i])), 1);
  return [tapsLast(e, e.reshape(beside, [o, h, w, i]))];
};

/** Whether the products of single images would be larger than the maps that they are made of. */
function isWide({ shape: [, o = 1, rows = 1, columns = 1] }: Value, i: number): boolean {
  return 2 * o * i > rows * columns * (o + i);
}

/** All taps by one product over the pixels of all images. */
function pixelwise(e: Emitter, op: Op, x: Value, dy: Value): Value {
  const [h, w, i, o] = op.kernelShape as readonly [number, number, number, number];
  const { padding, dilation } = op;
  const columns = Array.from({ length: w }, (_, s) => {
    return pixelsOf(e, movedBlocks(e, x, [0, s * dilation[1] - padding[2]], dy));
  });
  const rows = Array.from({ length: h }, (_, r) => {
    return pixelsOf(e, movedBlocks(e, dy, [padding[0] - r * dilation[0], 0], dy));
  });
  const operands = [e.concat(rows, 1), e.concat(columns, 1)];
  const products = e.node("Gemm", operands, [h * o, w * i], { transA: 1 });
  return tapsLast(e, e.transpose(e.reshape(products, [h, o, w, i]), [1, 0, 2, 3]));
}

function shiftedTaps(e: Emitter, op: Op, x: Value, dy: Value): readonly Value[] {
  const { kernelShape: [h = 1, w = 1], padding, dilation } = op;
  const move = (map: Value, by: readonly [number, number]): Value =>
    map.order === "blocked" ? movedBlocks(e, map, by, dy) : moved(e, map, by, dy);
  const columns = Array.from({ length: w }, (_, s) => move(x, [0, s * dilation[1] - padding[2]]));
  return Array.from({ length: h }, (_, r) => {
    const rows = move(dy, [padding[0] - r * dilation[0], 0]);
    return columns.map((column) => product(e, op, rows, column));
  }).flat();
}

/**
 * The map whose pixel (i, j) is the old one's (i + down, j + right), zero where
 * there is none. Pixels lie row after row, so both are shifts of one long row;
 * columns that would come in from the row beside are zeroed before, not sooner
 * than the gradient is there.
 */
function moved(
  e: Emitter,
  x: Value,
  [down, right]: readonly [number, number],
  gradient: Value,
): Value {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  const by = Math.max(-height * width, Math.min(height * width, down * width + right));
  if (by === 0) return x;
  const kept = right === 0 ? x : e.mul(x, notBefore(e, columns(e, width, right), gradient));
  const row = e.reshape(kept, [n, c, height * width]);
  const shifted = e.node("Pad", [row, e.whole([0, 0, -by, 0, 0, by])], row.shape);
  return { ...e.reshape(shifted, x.shape), order: "map" };
}

/** One for each column that a shift to the right keeps, else zero: a single row. */
function columns(e: Emitter, width: number, right: number): Value {
  const isKept = (j: number): boolean => j >= right && j - right < width;
  return e.floats([1, width], Float32Array.from({ length: width }, (_, j) => isKept(j) ? 1 : 0));
}

/** The same with channels in blocks: a convolution per channel, whose kernel is one at its far end. */
function movedBlocks(
  e: Emitter,
  x: Value,
  [down, right]: readonly [number, number],
  gradient: Value,
): Value {
  if (down === 0 && right === 0) return x;
  const [, channels = 1] = x.shape;
  const [height, width] = [Math.abs(down) + 1, Math.abs(right) + 1];
  const at = (down > 0 ? down * width : 0) + (right > 0 ? right : 0);
  // A kernel of one input is in blocks of outputs, `[c / block, h, w, block]`.
  const taps = Float32Array.from(
    { length: channels * height * width },
    (_, k) => Math.floor(k / e.block) % (height * width) === at ? 1 : 0,
  );
  return convolveBlocks(e, {
    x,
    kernel: notBefore(e, e.floats([channels, 1, height, width], taps), gradient),
    shape: x.shape,
    attributes: {
      kernel_shape: [height, width],
      pads: [Math.max(0, -down), Math.max(0, -right), Math.max(0, down), Math.max(0, right)],
      group: channels,
    },
  });
}

/** For every tap the pixels of X that it meets, as many as dY has. */
function cutTaps(e: Emitter, op: Op, x: Value, dy: Value): readonly Value[] {
  const { kernelShape: [h = 1, w = 1], padding: [top, , left], stride, dilation } = op;
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  const [, , rows = 1, columns = 1] = dy.shape;
  const extent = [
    (rows - 1) * stride[0] + (h - 1) * dilation[0] + 1,
    (columns - 1) * stride[1] + (w - 1) * dilation[1] + 1,
  ] as const;
  // What no tap meets at the far ends is left out by the cuts.
  const below = Math.max(0, extent[0] - height - top);
  const beside = Math.max(0, extent[1] - width - left);
  // Rows and columns are the axes 2 and 3 with blocks, too.
  const [maps, entries] = x.order === "blocked" ? [[n, c / e.block], [e.block]] : [[n, c], []];
  const whole = e.reshape(x, [...maps, height, width, ...entries]);
  const after = entries.map(() => 0);
  const framed = [top, left, below, beside].every((side) => side === 0) ? whole : e.node(
    "Pad",
    [whole, e.whole([0, 0, top, left, ...after, 0, 0, below, beside, ...after])],
    [...maps, top + height + below, left + width + beside, ...entries],
  );
  return Array.from({ length: h * w }, (_, tap) => {
    const [y, z] = [Math.floor(tap / w) * dilation[0], (tap % w) * dilation[1]];
    const end = [y + (rows - 1) * stride[0] + 1, z + (columns - 1) * stride[1] + 1];
    const bounds = [[y, z], end, [2, 3], stride].map((numbers) => e.whole(numbers));
    const cut = e.node("Slice", [framed, ...bounds], [...maps, rows, columns, ...entries]);
    return product(e, op, dy, { ...e.reshape(cut, [n, c, rows, columns]), order: x.order });
  });
}

/** `[groups, outputs / groups, inputs / groups]`: the products of dY and X over all positions of all images. */
function product(e: Emitter, { groups }: Op, dy: Value, x: Value): Value {
  const { block } = e;
  const [, i = 1] = x.shape;
  const [n = 1, o = 1, rows = 1, columns = 1] = dy.shape;
  const narrow = groups === 1 && Math.min(i, o) === block && Math.max(i, o) <= FEW_BLOCKS * block;
  if (x.order === "blocked" && dy.order === "blocked" && narrow) return productOfBlocks(e, dy, x);
  const rowsOf = (map: Value, channels: number): Value =>
    e.reshape(e.map(map), [n, groups, channels / groups, rows * columns]);
  const [left, right] = [rowsOf(dy, o), rowsOf(x, i)];
  const shape = [n, groups, o / groups, i / groups];
  const each = e.own
    ? e.node("FusedMatMul", [left, right], shape, { transB: 1 }, MICROSOFT)
    : e.node("MatMul", [left, e.transpose(right, [0, 1, 3, 2])], shape);
  return e.reduce("ReduceSum", each, [0]);
}

/** The same, `[outputs, inputs]`, of maps in blocks, one of which is a single block. */
function productOfBlocks(e: Emitter, dy: Value, x: Value): Value {
  const { block } = e;
  const [n = 1, i = 1, rows = 1, columns = 1] = x.shape;
  const [, o = 1] = dy.shape;
  const partsOf = (map: Value, channels: number): Value =>
    e.reshape(map, [n, channels / block, rows * columns, block]);
  const [one, other, parts] = o === block
    ? [partsOf(dy, o), partsOf(x, i), i / block]
    : [partsOf(x, i), partsOf(dy, o), o / block];
  const shape = [n, parts, block, block];
  const each = e.node("FusedMatMul", [one, other], shape, { transA: 1 }, MICROSOFT);
  const sum = e.reduce("ReduceSum", each, [0]);
  if (o === i) return e.reshape(sum, [o, i]);
  return e.reshape(e.transpose(sum, o === block ? [1, 0, 2] : [0, 2, 1]), [o, i]);
}
