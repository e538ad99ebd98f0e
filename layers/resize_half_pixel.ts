/**
 * Bilinear resizing by the centres of pixels: row `i` of `n` lies at (i + 1/2) h / n - 1/2, as
 * PyTorch's "bilinear" without aligned corners, TensorFlow 2's and OpenCV's.
 */
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { Pair } from "../dsl/graph/op.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf } from "../dsl/net/shape.ts";
import { gcd } from "./_gcd.ts";
import { interleaved, joinedSlices } from "./_slices.ts";
import {
  type MapSize,
  mapSize,
  mapSizeOf,
  pixelsOf,
  resizedShape,
  resizeElsewhere,
  type SizeFactor,
  stepSight,
  torchSize,
} from "./resize.ts";

/** A half-pixel resizing's configuration. */
export interface ResizeHalfPixel {
  /** The tag. */
  readonly type: "resize_half_pixel";
  /** Output height and width. */
  readonly size: MapSize;
}

/**
 * Resizes maps to `size`, or by `{ factor }`, bilinearly between the centres of pixels. `resize` aligns the corners
 * instead.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { resizeHalfPixel } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(resizeHalfPixel(32), [8, 8, 3])).output, [32, 32, 3]);
 * assertEquals(orThrow(plan(resizeHalfPixel({ factor: 2 }), [8, 7, 3])).output, [16, 14, 3]);
 * ```
 */
export function resizeHalfPixel(size: number | Pair | SizeFactor): Net {
  return layer({ type: "resize_half_pixel", size: mapSizeOf(size, "resizeHalfPixel") });
}

/** Where an output lies: after which row (or column) of the input, and how far towards the next. */
interface Spot {
  readonly before: number;
  readonly share: number;
}

/** Whole numbers, so that what lies on a pixel lies there exactly. */
function spotOf(i: number, from: number, to: number): Spot {
  const place = (2 * i + 1) * from - to;
  const before = Math.floor(place / (2 * to));
  return { before, share: (place - before * 2 * to) / (2 * to) };
}

/** How many outputs of an axis lie between two pixels, and not on one. */
function mixedOf(from: number, to: number): number {
  const steps = gcd(from, to);
  const areOdd = (from / steps) % 2 === 1 && (to / steps) % 2 === 1;
  return areOdd ? to - steps : to;
}

/** The rows (or columns) after places, mixed with the next ones; outside the map its edge goes on. */
function mixed(
  graph: GraphBuilder,
  x: ValueId,
  axis: 1 | 2,
  { places, share }: { readonly places: readonly number[]; readonly share: number },
): ValueId {
  const last = (graph.shapeOf(x)[axis] ?? 1) - 1;
  const at = (shift: number): ValueId =>
    joinedSlices(graph, x, axis, places.map((place) => Math.min(Math.max(place + shift, 0), last)));
  return share === 0 ? at(0) : graph.apply({ op: "blend", rate: 1 - share }, [at(0), at(1)]);
}

/** One axis at its new size: rows in turn where it grows by a whole factor, else row by row. */
function along(graph: GraphBuilder, x: ValueId, axis: 1 | 2, size: number): ValueId {
  const from = graph.shapeOf(x)[axis] ?? 1;
  if (size % from === 0) {
    const rows = Array.from({ length: size / from }, (_, i) => {
      const { before, share } = spotOf(i, from, size);
      return mixed(graph, x, axis, {
        places: Array.from({ length: from }, (_, place) => before + place),
        share,
      });
    });
    return interleaved(graph, rows, axis);
  }
  const rows = Array.from({ length: size }, (_, i) => {
    const { before, share } = spotOf(i, from, size);
    return mixed(graph, x, axis, { places: [before], share });
  });
  const [first = x, ...others] = rows;
  return graph.apply({ op: "concat", axis }, [first, ...others]);
}

/** The meaning of {@link ResizeHalfPixel}; three operations for what lies between two pixels. */
export const resizeHalfPixelRule: FullLayerRule<ResizeHalfPixel> = {
  type: "resize_half_pixel",
  label: "halfpixel",
  fields: { size: mapSize },
  shape: ({ size }, input) => resizedShape(size, input),
  cost: ({ size }, input) => {
    const [height = 0, width = 0] = input;
    const [rows, columns] = pixelsOf(size, input);
    const down = mixedOf(height, rows) * width;
    const across = rows * mixedOf(width, columns);
    return { macs: 0, flops: 3 * (down + across) * channelsOf(input) };
  },
  elsewhere: (_, __, output) => resizeElsewhere(output),
  sight: (_, input, output) => stepSight([2, 2], input, output),
  lower: ({ size }, { graph, input, inputShape }) => {
    const [height, width] = pixelsOf(size, inputShape);
    return along(graph, along(graph, input, 1, height), 2, width);
  },
  drawing: () => ({ kind: "resize", name: "resize, half pixels" }),
  torch: ({ size }) => ({
    applies: (_, x) => `F.interpolate(${x}, ${torchSize(size)}, mode="bilinear")`,
  }),
};
