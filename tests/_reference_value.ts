/** Float64 tensors of the reference engine, and loops over them. */
import type { TensorShape } from "../dsl/graph/op.ts";

/** A tensor in float64. */
export interface Value {
  readonly shape: TensorShape;
  readonly data: Float64Array;
}

/** Entry `i`, which must exist. */
export function at(numbers: ArrayLike<number>, i: number): number {
  const value = numbers[i];
  if (value === undefined) {
    throw new RangeError(`index ${i} of ${numbers.length}`);
  }
  return value;
}

/** The number of entries of a shape. */
export function size(shape: TensorShape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The size of the last axis. */
export function channels({ shape }: Value): number {
  return shape.at(-1) ?? 1;
}

/** A tensor whose entry `i` in row-major order is `f(i)`. */
export function array(shape: TensorShape, f: (i: number) => number): Value {
  return {
    shape,
    data: Float64Array.from({ length: size(shape) }, (_, i) => f(i)),
  };
}

/** Entry by entry; a shorter operand is repeated, `[C]` along the last axis and `[]` everywhere. */
export function pointwise(
  operands: readonly Value[],
  f: (...entries: number[]) => number,
): Value {
  const [first] = operands;
  if (first === undefined) throw new TypeError("pointwise() needs an operand");
  return array(
    first.shape,
    (i) => f(...operands.map(({ data }) => at(data, i % data.length))),
  );
}

/** Row by row of the last axis. */
export function rows(
  x: Value,
  f: (row: readonly number[], r: number) => readonly number[],
): Value {
  const width = channels(x);
  const data = new Float64Array(x.data.length);
  for (let r = 0; r < data.length / width; r++) {
    data.set(f([...x.data.subarray(r * width, (r + 1) * width)], r), r * width);
  }
  return { shape: x.shape, data };
}
