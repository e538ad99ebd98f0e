/** What engines need to know of pooling windows. */

/** For each window along one axis, how many of its pixels lie inside the map. */
export function pixelsInside(
  { size, count, window, stride, before }: {
    readonly size: number;
    readonly count: number;
    readonly window: number;
    readonly stride: number;
    readonly before: number;
  },
): readonly number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return Math.min(size, start + window) - Math.max(0, start);
  });
}
