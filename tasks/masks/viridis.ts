/**
 * The colours of viridis (van der Walt and Smith, 2015), which people with any colour vision can
 * order and which keep their order in print.
 */

const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const;

/** The colour of a share from 0 to 1. */
export function viridis(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const index = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [low, high] = [VIRIDIS[index] ?? VIRIDIS[0], VIRIDIS[index + 1] ?? VIRIDIS[0]];
  const part = at - index;
  const mix = (c: 0 | 1 | 2): number => Math.round(low[c] + (high[c] - low[c]) * part);
  return [mix(0), mix(1), mix(2)];
}
