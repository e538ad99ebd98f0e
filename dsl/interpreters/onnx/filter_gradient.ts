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
import { convolveBlocks } from "./blocks.ts";
import { notBefore } from "./elementwise.ts";
import type { Emitter, Value } from "./emitter.ts";
import { type Expansion, mapOperand, operand } from "./expansion.ts";

/** As many blocks beside a single one are worth a product of each; with more, maps in one piece are faster. */
const FEW_BLOCKS = 8;

/** The expansion of a convolution's kernel gradient. */
export const conv2dFilterGrad: Expansion<"conv2dFilterGrad"> = (op, inputs, context) => {
  const { emitter } = context;
  const [h, w, i, o] = op.kernelShape as readonly [number, number, number, number];
  const products: Products = { emitter, own: context.own, groups: op.groups };
  const blocked = inputs.slice(0, 2).every(({ order }) => order === "blocked");
  const [x, dy] = [0, 1].map((k) =>
    blocked ? operand(inputs, k) : mapOperand(emitter, inputs, k)
  ) as [Value, Value];
  if (h * w === 1 && op.stride[0] * op.stride[1] === 1 && op.padding.every((side) => side === 0)) {
    return [{ ...emitter.reshape(product(products, dy, x), [o, i, 1, 1]), order: "kernel" }];
  }
  const taps = isShift(op, x, dy) ? shiftedTaps(products, op, x, dy) : cutTaps(products, op, x, dy);
  const stacked = emitter.node(
    "Concat",
    taps.map((tap) => emitter.reshape(tap, [1, o, i])),
    [h * w, o, i],
    { axis: 0 },
  );
  const last = emitter.node("Transpose", [stacked], [o, i, h * w], { perm: [1, 2, 0] });
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
  const move = (map: Value, by: readonly [number, number]): Value =>
    map.order === "blocked" ? movedBlocks(emitter, map, by, dy) : moved(emitter, map, by, dy);
  const columns = Array.from({ length: w }, (_, s) => move(x, [0, s * dilation[1] - padding[2]]));
  return Array.from({ length: h }, (_, r) => {
    const rows = move(dy, [padding[0] - r * dilation[0], 0]);
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
  const kept = right === 0 ? x : emitter.binary("Mul", x, mask());
  const row = emitter.reshape(kept, [n, c, height * width]);
  const shifted = emitter.node("Pad", [row, emitter.whole(0, 0, -by, 0, 0, by)], row.shape);
  return { ...emitter.reshape(shifted, x.shape), order: "map" };
}

/** One for each column that a shift to the right keeps, else zero. */
function columns(emitter: Emitter, width: number, right: number): Value {
  const kept = Float32Array.from(
    { length: width },
    (_, j) => j - right >= 0 && j - right < width ? 1 : 0,
  );
  return emitter.floats([width], kept);
}

/** The same with channels in blocks: a convolution per channel, whose kernel is one at its far end. */
function movedBlocks(
  emitter: Emitter,
  x: Value,
  [down, right]: readonly [number, number],
  gradient: Value,
): Value {
  if (down === 0 && right === 0) return x;
  const [, channels = 1] = x.shape;
  const [height, width] = [Math.abs(down) + 1, Math.abs(right) + 1];
  const at = (down > 0 ? down * width : 0) + (right > 0 ? right : 0);
  const { block } = emitter;
  // A kernel of one input is in blocks of outputs, `[c / block, h, w, block]`.
  const taps = Float32Array.from(
    { length: channels * height * width },
    (_, k) => Math.floor(k / block) % (height * width) === at ? 1 : 0,
  );
  const kernel = emitter.floats([channels, 1, height, width], taps);
  return convolveBlocks(emitter, {
    x,
    kernel: notBefore(emitter, kernel, gradient),
    shape: x.shape,
    attributes: {
      kernel_shape: [height, width],
      pads: [Math.max(0, -down), Math.max(0, -right), Math.max(0, down), Math.max(0, right)],
      group: channels,
    },
  });
}

/** For every tap the pixels of X that it meets, as many as dY has. */
function cutTaps(
  products: Products,
  { kernelShape: [h = 1, w = 1], padding, stride, dilation }: OpOf<"conv2dFilterGrad">,
  x: Value,
  dy: Value,
): readonly Value[] {
  const { emitter } = products;
  const { block } = emitter;
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
  // Rows and columns are the axes 2 and 3 with blocks, too.
  const blocked = x.order === "blocked";
  const [maps, entries] = blocked ? [[n, c / block], [block]] : [[n, c], []];
  const whole = emitter.reshape(x, [...maps, height, width, ...entries]);
  const after = entries.map(() => 0);
  const framed = [top, left, below, beside].every((side) => side === 0) ? whole : emitter.node(
    "Pad",
    [whole, emitter.whole(0, 0, top, left, ...after, 0, 0, below, beside, ...after)],
    [...maps, top + height + below, left + width + beside, ...entries],
  );
  return Array.from({ length: h * w }, (_, tap) => {
    const from = [Math.floor(tap / w) * dilation[0], (tap % w) * dilation[1]] as const;
    const cut = emitter.node("Slice", [
      framed,
      emitter.whole(...from),
      emitter.whole(from[0] + (rows - 1) * stride[0] + 1, from[1] + (columns - 1) * stride[1] + 1),
      emitter.whole(2, 3),
      emitter.whole(...stride),
    ], [...maps, rows, columns, ...entries]);
    const map: Value = { ...emitter.reshape(cut, [n, c, rows, columns]), order: x.order };
    return product(products, dy, map);
  });
}

/** `[groups, outputs / groups, inputs / groups]`: the products of dY and X over all positions of all images. */
function product(products: Products, dy: Value, x: Value): Value {
  const { emitter, own, groups } = products;
  const { block } = emitter;
  const [, i = 1] = x.shape;
  const [n = 1, o = 1, rows = 1, columns = 1] = dy.shape;
  const narrow = groups === 1 && Math.min(i, o) === block && Math.max(i, o) <= FEW_BLOCKS * block;
  if (x.order === "blocked" && dy.order === "blocked" && narrow) {
    return productOfBlocks(emitter, dy, x);
  }
  const rowsOf = (map: Value, channels: number): Value =>
    emitter.reshape(emitter.inOrder(map, "map"), [n, groups, channels / groups, rows * columns]);
  const [left, right] = [rowsOf(dy, o), rowsOf(x, i)];
  const shape = [n, groups, o / groups, i / groups];
  const each = own
    ? emitter.microsoft("FusedMatMul", [left, right], shape, { transB: 1 })
    : emitter.node("MatMul", [
      left,
      emitter.node("Transpose", [right], [n, groups, rows * columns, i / groups], {
        perm: [0, 1, 3, 2],
      }),
    ], shape);
  return sumOfImages(emitter, each);
}

/** The same, `[outputs, inputs]`, of maps in blocks, one of which is a single block. */
function productOfBlocks(emitter: Emitter, dy: Value, x: Value): Value {
  const { block } = emitter;
  const [n = 1, i = 1, rows = 1, columns = 1] = x.shape;
  const [, o = 1] = dy.shape;
  const partsOf = (map: Value, channels: number): Value =>
    emitter.reshape(map, [n, channels / block, rows * columns, block]);
  const [one, other, parts] = o === block
    ? [partsOf(dy, o), partsOf(x, i), i / block]
    : [partsOf(x, i), partsOf(dy, o), o / block];
  const each = emitter.microsoft("FusedMatMul", [one, other], [n, parts, block, block], {
    transA: 1,
  });
  const sum = sumOfImages(emitter, each);
  if (o === i) return emitter.reshape(sum, [o, i]);
  const perm = o === block ? [1, 0, 2] : [0, 2, 1];
  const shape = perm.map((axis) => sum.shape[axis] ?? 1);
  return emitter.reshape(emitter.node("Transpose", [sum], shape, { perm }), [o, i]);
}

/** The sum over the first axis. */
function sumOfImages(emitter: Emitter, x: Value): Value {
  return emitter.node("ReduceSum", [x, emitter.whole(0)], x.shape.slice(1), { keepdims: 0 });
}
