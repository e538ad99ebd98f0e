/** Resizing by the nearest pixel: row `i` of `n` is row floor(i h / n), as PyTorch's "nearest". */
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { Pair } from "../dsl/graph/op.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { sizeOf } from "../dsl/net/shape.ts";
import { interleaved, joinedSlices } from "./_slices.ts";
import {
  type MapSize,
  mapSize,
  mapSizeOf,
  pixelsOf,
  resizedShape,
  type SizeFactor,
  stepSight,
  torchSize,
} from "./resize.ts";

/** A nearest resizing's configuration. */
export interface ResizeNearest {
  /** The tag. */
  readonly type: "resize_nearest";
  /** Output height and width. */
  readonly size: MapSize;
}

/**
 * Resizes maps to `size`, or by `{ factor }`, each pixel a copy of one of the map's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { resizeNearest } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(resizeNearest(32), [8, 8, 3])).output, [32, 32, 3]);
 * assertEquals(orThrow(plan(resizeNearest({ factor: 2 }), [8, 7, 3])).output, [16, 14, 3]);
 * ```
 */
export function resizeNearest(size: number | Pair | SizeFactor): Net {
  return layer({ type: "resize_nearest", size: mapSizeOf(size, "resizeNearest") });
}

/** One axis at its new size: copies in turn where it grows by a whole factor, else pixel by pixel. */
function along(graph: GraphBuilder, x: ValueId, axis: 1 | 2, size: number): ValueId {
  const from = graph.shapeOf(x)[axis] ?? 1;
  if (size % from === 0) return interleaved(graph, Array(size / from).fill(x), axis);
  const places = Array.from({ length: size }, (_, i) => Math.floor(i * from / size));
  return joinedSlices(graph, x, axis, places);
}

/** The meaning of {@link ResizeNearest}. */
export const resizeNearestRule: FullLayerRule<ResizeNearest> = {
  type: "resize_nearest",
  label: "nearest",
  fields: { size: mapSize },
  shape: ({ size }, input) => resizedShape(size, input),
  cost: () => ({ macs: 0, flops: 0 }),
  elsewhere: (_, __, output) => ({ ...UNCOUNTED, fvcore: sizeOf(output) }),
  sight: (_, input, output) => stepSight([1, 1], input, output),
  lower: ({ size }, { graph, input, inputShape }) => {
    const [height, width] = pixelsOf(size, inputShape);
    return along(graph, along(graph, input, 1, height), 2, width);
  },
  drawing: () => ({ kind: "resize", name: "resize to nearest" }),
  torch: ({ size }) => ({
    applies: (_, x) => `F.interpolate(${x}, ${torchSize(size)}, mode="nearest")`,
  }),
};
