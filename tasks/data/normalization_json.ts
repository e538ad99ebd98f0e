/**
 * A normalisation as JSON, to be stored with the weights it belongs to: the same object with its
 * arrays as lists of numbers. Numbers are written so that they read back to the same 32-bit floats.
 */
import { NORMALIZATION } from "./normalize.ts";
import { expected } from "../../dsl/problem/expect.ts";
import * as v from "valibot";
import type { Result } from "../fp.ts";
import { parsed, record } from "../parsed.ts";
import { imageBytes } from "./dataset.ts";
import type { Normalization } from "./normalize.ts";

/** A {@link Normalization} that `JSON.stringify` can take. */
export interface NormalizationJson {
  /** The kind. */
  readonly kind: Normalization["kind"];
  /** The image size; only for a per-pixel mean. */
  readonly shape?: readonly number[];
  /** The means. */
  readonly mean: readonly number[];
  /** The deviations, one for each channel. */
  readonly std?: readonly number[];
}

// Nine significant digits tell any two 32-bit floats apart.
const numbers = (values: Float32Array): readonly number[] =>
  Array.from(values, (value) => Number(value.toPrecision(9)));

/** A normalisation as plain data. */
export function normalizationToJson(normalization: Normalization): NormalizationJson {
  expected(normalization, NORMALIZATION);
  const { kind, mean, std } = normalization;
  return {
    kind,
    ...(kind === "per-pixel-mean" ? { shape: normalization.shape } : {}),
    mean: numbers(mean),
    ...(std === undefined ? {} : { std: numbers(std) }),
  };
}

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** A thread in which ONNX Runtime has run takes smaller float32 for 0. */
const LEAST = 2 ** -126;
const positive = v.pipe(
  v.number(),
  v.finite(),
  v.minValue(LEAST, "a deviation is above 0, and no subnormal float32"),
);
const floats = <Item extends v.GenericSchema<unknown, number>>(item: Item) =>
  v.pipe(v.array(item), v.transform((values) => Float32Array.from(values)));

type Numbers = { readonly mean: Float32Array; readonly std?: Float32Array };

/** Whether whatever is in an image becomes finite float32. */
const staysFinite = ({ mean, std }: Numbers): boolean =>
  mean.every((value, i) => {
    const deviation = std?.[i % std.length] ?? 1;
    return Number.isFinite(Math.fround((1 + Math.abs(value)) / deviation));
  });
const FINITE = "means and deviations with which images stay finite float32";

const schema = v.variant("kind", [
  v.pipe(
    record({
      kind: v.literal("per-pixel-mean"),
      shape: v.tuple([side, side, side]),
      mean: floats(v.pipe(v.number(), v.finite())),
      std: v.exactOptional(floats(positive)),
    }),
    v.check(
      ({ shape, mean }) => mean.length === imageBytes(shape),
      "height x width x channels means",
    ),
    v.check(({ shape, std }) => !std || std.length === shape[2], "one deviation for each channel"),
    v.check((given) => staysFinite(given), FINITE),
  ),
  v.pipe(
    record({
      kind: v.literal("per-channel"),
      mean: floats(v.pipe(v.number(), v.finite())),
      std: floats(positive),
    }),
    v.check(
      ({ mean, std }) => mean.length > 0 && std.length === mean.length,
      "as many deviations as means",
    ),
    v.check((given) => staysFinite(given), FINITE),
  ),
]);

/**
 * Reads a normalisation from parsed JSON. Fails when it is not one, or when its
 * parts do not fit together.
 *
 * @example
 * ```ts
 * import { normalizationFromJson, normalizationToJson } from "@netfold/netfold/data";
 * import { orThrow } from "@netfold/netfold";
 * import { assertEquals } from "@std/assert";
 *
 * const normalization = {
 *   kind: "per-channel", mean: Float32Array.of(0.5), std: Float32Array.of(0.25),
 * } as const;
 * const text = JSON.stringify(normalizationToJson(normalization));
 * assertEquals(orThrow(normalizationFromJson(JSON.parse(text))), normalization);
 * ```
 */
export function normalizationFromJson(value: unknown): Result<Normalization> {
  const code = "incomplete-normalization";
  return parsed(schema, value, { path: "normalization", layer: "checkpoint", code });
}
