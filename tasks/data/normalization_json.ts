/**
 * A normalisation as JSON, to be stored with the weights it belongs to: the
 * same object with its arrays as lists of numbers. Numbers are written so that
 * they read back to the same 32-bit floats.
 */
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import type { ImageShape } from "./dataset.ts";
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
  const { kind, mean, std } = normalization;
  return {
    kind,
    ...(kind === "per-pixel-mean" ? { shape: normalization.shape } : {}),
    mean: numbers(mean),
    ...(std === undefined ? {} : { std: numbers(std) }),
  };
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(Number.isFinite);

const isShape = (value: unknown): value is ImageShape =>
  Array.isArray(value) && value.length === 3 &&
  value.every((size) => Number.isSafeInteger(size) && size >= 1);

const isStd = (value: unknown, channels: number): value is readonly number[] =>
  isNumbers(value) && value.length === channels && value.every((deviation) => deviation > 0);

function wrong(got: string, wanted: string): ReturnType<typeof fail> {
  return fail({
    path: "normalization",
    layer: "checkpoint",
    code: "incomplete-normalization",
    rule: "a normalisation is complete and its parts fit together",
    got,
    wanted,
    hint: "",
  });
}

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
  if (typeof value !== "object" || value === null) {
    return wrong(JSON.stringify(value) ?? "nothing", "an object");
  }
  const { kind, shape, mean, std }: Readonly<Record<string, unknown>> = { ...value };
  if (!isNumbers(mean)) return wrong("another mean", "a list of numbers");
  const means = Float32Array.from(mean);
  switch (kind) {
    case "per-pixel-mean": {
      if (!isShape(shape)) {
        return wrong(`shape ${JSON.stringify(shape)}`, "[height, width, channels]");
      }
      const size = shape[0] * shape[1] * shape[2];
      if (mean.length !== size) {
        return wrong(`${mean.length} means`, `${size} for ${shape.join("x")}`);
      }
      if (std === undefined) return right({ kind, shape, mean: means });
      return isStd(std, shape[2])
        ? right({ kind, shape, mean: means, std: Float32Array.from(std) })
        : wrong("other deviations", `${shape[2]} positive numbers`);
    }
    case "per-channel":
      return isStd(std, mean.length) && mean.length > 0
        ? right({ kind, mean: means, std: Float32Array.from(std) })
        : wrong("other deviations", `${mean.length} positive numbers`);
    default:
      return wrong(`kind ${JSON.stringify(kind)}`, '"per-pixel-mean" or "per-channel"');
  }
}
