/**
 * The mask of dropout. It is drawn on the host, so that one seed gives one mask
 * whoever runs the graph.
 */
import type { OpOf } from "../graph/op.ts";
import { seedKey, split, uniforms } from "../programs/random.ts";
import { sizeOf } from "../net/shape.ts";

/**
 * Zero with probability `rate`, else `1 / (1 - rate)`, in the shape of the operation.
 *
 * @throws {TypeError} When the seed is not at hand.
 */
export function drawMask(
  { rate, salt, shape }: OpOf<"dropoutMask">,
  seed: Float32Array | undefined,
): Float32Array {
  const [number] = seed ?? [];
  if (number === undefined) {
    throw new TypeError("The seed of a dropout mask must be an input of the graph");
  }
  const keep = 1 / (1 - rate);
  return uniforms(split(seedKey(number), salt), sizeOf(shape)).map((u) => u < rate ? 0 : keep);
}
