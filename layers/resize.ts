/**
 * Bilinear resizing with aligned corners: the corner pixels of input and
 * output coincide, the scale is (in - 1) / (out - 1), as in the paper's Interp.
 */
import { given, OPTIONS, optionsOf } from "../dsl/problem/expect.ts";
import type { Field } from "../dsl/plan/configuration.ts";
import type { Fault } from "../dsl/plan/fault.ts";
import { pair } from "../dsl/plan/fields.ts";
import { type Pair, RESIZE_FLOPS } from "../dsl/graph/op.ts";
import type { FullLayerRule, ShapeReport } from "../dsl/plan/rule.ts";
import { type ForeignCounts, type Sight, UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sameShape, type Shape, showShape, sizeOf } from "../dsl/net/shape.ts";
import { both } from "./conv.ts";
import { mapFault } from "./window.ts";

/** A size in pixels, or so many times the input's height and width, rounded down. */
export type MapSize = Pair | { readonly factor: Pair };

/** So many times the input's size: of both sides, or `[times the height, times the width]`. */
export interface SizeFactor {
  /** A number above 0; whole or not. */
  readonly factor: number | Pair;
}

/** A resizing's configuration. */
export interface Resize {
  /** The tag. */
  readonly type: "resize";
  /** Output height and width. */
  readonly size: MapSize;
}

/**
 * Resizes maps to `size`, or by `{ factor }`. To come back to the size of another map, whatever it
 * is, use `matchSize` or a fork that matches instead.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { resize } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(resize(32), [8, 8, 3])).output, [32, 32, 3]);
 * assertEquals(orThrow(plan(resize({ factor: 2 }), [8, 7, 3])).output, [16, 14, 3]);
 * ```
 */
export function resize(size: number | Pair | SizeFactor): Net {
  return layer({ type: "resize", size: mapSizeOf(size, "resize") });
}

/** The size that the argument of a resizing's function means, `of` that function. */
export function mapSizeOf(size: number | Pair | SizeFactor, of: string): MapSize {
  const own = given(size, "a size, or { factor }", of);
  if (typeof own === "number" || !isFactor(own)) return both(own);
  const { factor } = optionsOf(own, { factor: NaN }, of);
  return { factor: both(factor) };
}

function isFactor(size: Pair | SizeFactor): size is SizeFactor {
  return OPTIONS.fits(size);
}

const isPositive = (value: unknown): boolean =>
  typeof value === "number" && value > 0 && Math.fround(value) < Infinity;

/** A size in pixels, or so many times the input's. */
export const mapSize: Field<MapSize> = {
  wanted: `${pair.wanted}, or {"factor": [times the height, times the width]}, positive numbers`,
  is: (value): value is MapSize => {
    if (pair.is(value)) return true;
    if (!OPTIONS.fits(value)) return false;
    const { factor, ...others }: { readonly factor?: unknown } = Object(value);
    return Array.isArray(factor) && factor.length === 2 && factor.every(isPositive) &&
      Object.keys(others).length === 0;
  },
};

/** The height and width that a size means for an input. */
export function pixelsOf(size: MapSize, [height = NaN, width = NaN]: Shape): Pair {
  if (!("factor" in size)) return size;
  const [down, across] = size.factor;
  return [Math.floor(height * down), Math.floor(width * across)];
}

/** The shape of maps that are resized to a size, or what is wrong with the input. */
export function resizedShape(size: MapSize, input: Shape): ShapeReport {
  const isMap = input.length === 3;
  const pixels = pixelsOf(size, isMap ? input : []);
  const wrong = pixels.find((side) => side < 1 || side > Number.MAX_SAFE_INTEGER);
  if (wrong === undefined) {
    const faults = isMap ? [] : [mapFault(input)];
    return { output: [...pixels, isMap ? channelsOf(input) : NaN], faults };
  }
  return { output: [NaN, NaN, channelsOf(input)], faults: [factorFault(input, wrong < 1)] };
}

function factorFault(input: Shape, isSmall: boolean): Fault {
  return {
    code: isSmall ? "nothing-left" : "too-large",
    rule: "the factor must leave whole pixels",
    got: `a map of ${showShape(input)}`,
    wanted: isSmall ? "at least one row and one column" : "sizes of at most 2^53 pixels",
    hint: `use a ${isSmall ? "larger" : "smaller"} factor, or a size in pixels`,
  };
}

/** A size as an argument of PyTorch's `F.interpolate`: a factor stays one, so that other inputs fit. */
export function torchSize(size: MapSize): string {
  if (!("factor" in size)) return `size=(${size.join(", ")})`;
  // It would sample by a factor that is not whole, and not by the sizes.
  const isWhole = size.factor.every(Number.isInteger);
  // TorchScript takes floating point numbers alone.
  const [rows, columns] = size.factor.map((factor) =>
    Number.isInteger(factor) ? factor.toFixed(1) : `${factor}`
  );
  const factor = rows === columns ? rows : `(${rows}, ${columns})`;
  return `scale_factor=${factor}${isWhole ? "" : ", recompute_scale_factor=True"}`;
}

/** What a pixel sees of a map that is resized in even steps; of an axis that keeps its size, one. */
export function stepSight(
  taps: Pair,
  [height = NaN, width = NaN]: Shape,
  [rows = NaN, columns = NaN]: Shape,
): Sight {
  return {
    sees: "window",
    kernel: [height === rows ? 1 : taps[0], width === columns ? 1 : taps[1]],
    stride: [height / rows, width / columns],
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
function resizeSight(input: Shape, output: Shape): Sight {
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
  fields: { size: mapSize },
  shape: ({ size }, input) => resizedShape(size, input),
  cost: (_, __, output) => ({ macs: 0, flops: RESIZE_FLOPS * sizeOf(output) }),
  elsewhere: (_, input, output) => sameShape(input, output) ? UNCOUNTED : resizeElsewhere(output),
  sight: (_, input, output) => resizeSight(input, output),
  lower: (layer, site) =>
    site.graph.apply(
      { op: "resizeBilinear", size: pixelsOf(layer.size, site.inputShape) },
      [site.input],
    ),
  drawing: () => ({ kind: "resize" }),
  torch: ({ size }, { input, output }) => ({
    applies: (_, x) => {
      if (sameShape(input, output)) return x;
      return "factor" in size
        ? `F.interpolate(${x}, ${torchSize(size)}, mode="bilinear", align_corners=True)`
        : `resize(${x}, (${size.join(", ")}))`;
    },
  }),
};
