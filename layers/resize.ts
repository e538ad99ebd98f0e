/**
 * Bilinear resizing with aligned corners: the corner pixels of input and
 * output coincide, the scale is (in - 1) / (out - 1), as in the paper's Interp.
 */
import { given } from "../dsl/problem/expect.ts";
import { pair } from "../dsl/plan/fields.ts";
import { type Pair, RESIZE_FLOPS } from "../dsl/graph/op.ts";
import type { FullLayerRule, ShapeReport } from "../dsl/plan/rule.ts";
import { type ForeignCounts, type Sight, UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sameShape, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { both } from "./conv.ts";
import { mapFault } from "./window.ts";

/** A resizing's configuration. */
export interface Resize {
  /** The tag. */
  readonly type: "resize";
  /** Output height and width. */
  readonly size: Pair;
}

/**
 * Resizes maps to `size`. To come back to the size of another map, whatever it
 * is, use `matchSize` or a fork that matches instead.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { resize } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(resize(32), [8, 8, 3])).output, [32, 32, 3]);
 * ```
 */
export function resize(size: number | Pair): Net {
  return layer({ type: "resize", size: both(given(size, "a size")) });
}

/** The shape of maps that are resized to a size, or what is wrong with the input. */
export function resizedShape(size: Pair, input: Shape): ShapeReport {
  return input.length === 3
    ? { output: [...size, channelsOf(input)], faults: [] }
    : { output: [...size, NaN], faults: [mapFault(input)] };
}

/** What a pixel sees of a map that is resized in even steps; of an axis that keeps its size, one. */
export function stepSight(taps: Pair, size: Pair, [height = NaN, width = NaN]: Shape): Sight {
  return {
    sees: "window",
    kernel: [height === size[0] ? 1 : taps[0], width === size[1] ? 1 : taps[1]],
    stride: [height / size[0], width / size[1]],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
  };
}

/** What other tools count for a resizing to `output`. */
export function resizeElsewhere(output: Shape): ForeignCounts {
  return { ...UNCOUNTED, fvcore: 4 * sizeOf(output) };
}

/** What a pixel of a map resized to `output` sees of `input`; a map that keeps its size, itself. */
export function resizeSight(input: Shape, output: Shape): Sight {
  const [height = NaN, width = NaN] = input;
  const [rows = NaN, columns = NaN] = output;
  if (height === rows && width === columns) return { sees: "position" };
  const step = (from: number, to: number) => to === 1 ? 0 : (from - 1) / (to - 1);
  return { sees: "neighbours", step: [step(height, rows), step(width, columns)] };
}

/** The meaning of {@link Resize}. */
export const resizeRule: FullLayerRule<Resize> = {
  type: "resize",
  label: "resize",
  fields: { size: pair },
  shape: ({ size }, input) => resizedShape(size, input),
  cost: (_, __, output) => ({ macs: 0, flops: RESIZE_FLOPS * sizeOf(output) }),
  elsewhere: (_, input, output) => sameShape(input, output) ? UNCOUNTED : resizeElsewhere(output),
  sight: (_, input, output) => resizeSight(input, output),
  lower: (layer, site) =>
    site.graph.apply({ op: "resizeBilinear", size: layer.size }, [site.input]),
  drawing: () => ({ kind: "resize" }),
  torch: ({ size }, { input }) => ({
    applies: (_, x) =>
      sameShape(size, input.slice(0, 2)) ? x : `resize(${x}, (${size.join(", ")}))`,
  }),
};
