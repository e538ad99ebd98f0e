/** What engines need to know of pooling windows. */
import type { Pair, PoolGeometry } from "./op.ts";

/** For each window on a map of `size`, `count` in all, how many of its pixels lie inside the map. */
export function pixelsInside(
  { window, stride, padding }: PoolGeometry,
  { size, count }: { readonly size: Pair; readonly count: Pair },
): readonly number[] {
  const along = (axis: 0 | 1) =>
    Array.from({ length: count[axis] }, (_, i) => {
      const start = i * stride[axis] - (padding[2 * axis] ?? 0);
      return Math.min(size[axis], start + window[axis]) - Math.max(0, start);
    });
  const across = along(1);
  return along(0).flatMap((rows) => across.map((columns) => rows * columns));
}
