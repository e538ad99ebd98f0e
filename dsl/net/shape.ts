/**
 * Shapes of what flows through a network, without the batch: `[height, width,
 * channels]` for a map, `[features]` for a vector. While a network with faults
 * is being planned a dimension can be unknown; it is then `NaN`, which
 * arithmetic carries along and comparisons never complain about.
 */
import { COUNT, expectAll, expected, NUMBER } from "../problem/expect.ts";

/** `[height, width, channels]` or `[features]`. */
export type Shape = readonly number[];

/** A channel count: absolute, the input's own, or a ratio `[numerator, denominator]` of the input's. */
export type Width = number | "same" | { readonly ratio: readonly [number, number] };

/**
 * The width of a layer: one that a unit has too, a part of the input's channels that need not come
 * out whole, or `"outer"`, the channels of what comes into the fork around the layer, or into the network.
 */
export type LayerWidth = Width | "outer" | { readonly narrower: number };

/** A width relative to the input's channels: `ratio(1, 4)` is a quarter of them. */
export function ratio(numerator: number, denominator: number): Width {
  expectAll({ numerator: [numerator, NUMBER], denominator: [denominator, NUMBER] }, "ratio");
  return { ratio: [numerator, denominator] };
}

/**
 * So many times narrower than the input, rounded down, and at least 1; a layer of the width
 * `"outer"` comes back from it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, fork, identity, narrower, orThrow, parametersOf, plan } from "@netfold/netfold";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const body = chain(conv(narrower(16)), relu(), conv("outer"));
 * const kernels = parametersOf(orThrow(plan(fork("add", identity, body), [8, 8, 40])));
 * assertEquals(kernels.map(({ shape }) => shape), [[1, 1, 40, 2], [1, 1, 2, 40]]);
 * ```
 */
export function narrower(times: number): LayerWidth {
  return { narrower: expected(times, COUNT, "narrower") };
}

/** The number of channels (or features): the last dimension. */
export function channelsOf(shape: Shape): number {
  return shape.at(-1) ?? NaN;
}

/** Whether two shapes are the same, size by size. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A shape as text: `32x32x3`; unknown dimensions are `?`. */
export function showShape(shape: readonly number[]): string {
  return shape.map((dimension) => Number.isNaN(dimension) ? "?" : `${dimension}`).join("x");
}

/** True when both shapes have the same rank and no known dimension differs. */
export function agree(a: Shape, b: Shape): boolean {
  return a.length === b.length &&
    a.every((dimension, i) => dimension === b[i] || Number.isNaN(dimension) || Number.isNaN(b[i]));
}

/** The absolute width, whole or not, for an input of `channels`; planning makes a number of `"outer"`. */
export function resolveWidth(width: LayerWidth, channels: number): number {
  if (width === "same") return channels;
  if (width === "outer") return NaN;
  if (typeof width === "number") return width;
  return "ratio" in width
    ? channels * width.ratio[0] / width.ratio[1]
    : Math.max(1, Math.floor(channels / width.narrower));
}

/** Bytes of a number: everything is float32. */
export const NUMBER_BYTES = 4;

/** The bytes of a tensor of a shape. */
export function bytesOf(shape: readonly number[]): number {
  return NUMBER_BYTES * sizeOf(shape);
}
