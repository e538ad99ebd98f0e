/**
 * Pooling and resizing. TensorFlow's pools know no padding but their own: any
 * other stands in a node before them, with the least number for a maximum, and
 * with zeros for a mean, which is then set right by the window's size over the
 * number of its pixels inside the map.
 */
import type { PoolGeometry } from "../../graph/op.ts";
import { pixelsInside } from "../../graph/windows.ts";
import { sizeOf } from "../../net/shape.ts";
import type { Emitter, Value } from "./emitter.ts";
import type { Expansions, Site } from "./expansion.ts";
import { text, truth } from "./model.ts";
import { perAxis, wordFor } from "./windows.ts";

/** The least float32 that is finite. */
const LEAST = -3.4028234663852886e38;

/** A pool, and whether the map that it sees has its padding around it. */
function pooled(
  { e, op, shape }: Pick<Site<"maxPool">, "e" | "shape"> & { readonly op: PoolGeometry },
  name: "MaxPool" | "AvgPool",
  x: Value,
  around: number,
): { readonly y: Value; readonly isPadded: boolean } {
  const word = wordFor({ ...op, extent: op.window }, x.shape);
  const map = word === undefined ? padded(e, x, op, around) : x;
  const attributes = {
    ksize: perAxis(op.window),
    strides: perAxis(op.stride),
    padding: text(word ?? "VALID"),
    data_format: text("NHWC"),
  };
  return { y: e.node(name, [map], shape, attributes), isPadded: word === undefined };
}

function padded(e: Emitter, x: Value, { padding }: PoolGeometry, around: number): Value {
  const [top, bottom, left, right] = padding;
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const sides = e.wholes("paddings", [0, 0, ...padding, 0, 0], [4, 2]);
  const shape = [n, top + h + bottom, left + w + right, c];
  return e.node("PadV2", [x, sides, e.scalar(around)], shape);
}

/** The expansions of this file. */
export const POOLING = {
  maxPool: (site, x) => pooled(site, "MaxPool", site.e.plain(x), LEAST).y,
  averagePool: (site, operand) => {
    const { e, op, shape } = site;
    const x = e.plain(operand);
    const { y, isPadded } = pooled(site, "AvgPool", x, 0);
    if (!isPadded) return y;
    const [, height = 1, width = 1] = x.shape;
    const [, rows = 1, columns = 1] = shape;
    const inside = pixelsInside(op, { size: [height, width], count: [rows, columns] });
    const ratios = Float32Array.from(inside, (pixels) => sizeOf(op.window) / pixels);
    return e.binary("Mul", y, e.floats("ratios", [1, rows, columns, 1], ratios));
  },
  globalAverage: ({ e, shape }, x) =>
    e.node("Mean", [e.plain(x), e.wholes("axes", [1, 2])], shape, { keep_dims: truth(false) }),
  resizeBilinear: ({ e, op: { size }, shape }, x) =>
    e.node("ResizeBilinear", [e.plain(x), e.wholes("size", size)], shape, {
      align_corners: truth(true),
      half_pixel_centers: truth(false),
    }),
} satisfies Expansions;
