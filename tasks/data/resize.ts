/**
 * Resizes images. Each output pixel is a weighted sum of input pixels, first along rows, then
 * along columns. When an axis shrinks, an output pixel averages the area it covers, edge pixels by
 * the fraction that is covered; when it grows, it is interpolated linearly between the two nearest
 * pixel centres. An axis that keeps its size is copied exactly.
 */

/** The input pixels behind each output pixel, and how much each counts. */
interface Taps {
  readonly first: Uint32Array;
  readonly weights: readonly Float64Array[];
}

function areaTaps(from: number, to: number): Taps {
  const first = new Uint32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const start = i * from / to;
    const end = Math.min(from, (i + 1) * from / to);
    const begin = Math.floor(start);
    first[i] = begin;
    const covered = Float64Array.from(
      { length: Math.ceil(end) - begin },
      (_, k) => Math.min(end, begin + k + 1) - Math.max(start, begin + k),
    );
    const sum = covered.reduce((a, b) => a + b, 0);
    return covered.map((part) => part / sum);
  });
  return { first, weights };
}

function linearTaps(from: number, to: number): Taps {
  const first = new Uint32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * from / to - 0.5;
    const inside = Math.max(0, Math.min(from - 1, centre));
    const begin = Math.min(Math.floor(inside), Math.max(0, from - 2));
    first[i] = begin;
    const part = inside - begin;
    return part === 0 ? Float64Array.of(1) : Float64Array.of(1 - part, part);
  });
  return { first, weights };
}

/** Resamples the middle axis of data of shape [outer, from, inner] to as many entries as there are taps. */
function resample(
  data: ArrayLike<number>,
  [outer, from, inner]: readonly [number, number, number],
  { first, weights }: Taps,
): Float64Array {
  const to = weights.length;
  const out = new Float64Array(outer * to * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < to; i++) {
      const target = (o * to + i) * inner;
      const source = (o * from + (first[i] as number)) * inner;
      const taps = weights[i] as Float64Array;
      for (let k = 0; k < taps.length; k++) {
        const weight = taps[k] as number;
        for (let c = 0; c < inner; c++) {
          out[target + c] = (out[target + c] as number) +
            weight * (data[source + k * inner + c] as number);
        }
      }
    }
  }
  return out;
}

/** Height and width in pixels. */
interface Size {
  readonly height: number;
  readonly width: number;
}

/** Brings images of one size to another; made once for many images. */
export function resizer(
  from: Size,
  to: Size,
  channels = 3,
): (pixels: ArrayLike<number>) => Float64Array {
  const tapsOf = (from: number, to: number) =>
    to < from ? areaTaps(from, to) : linearTaps(from, to);
  const [across, down] = [tapsOf(from.width, to.width), tapsOf(from.height, to.height)];
  return (pixels) =>
    resample(
      resample(pixels, [from.height, from.width, channels], across),
      [1, from.height, to.width * channels],
      down,
    );
}

/** Resizes pixels of shape [height, width, 3] to another height and width; values stay within 0 to 255. */
export function resize(pixels: ArrayLike<number>, from: Size, to: Size): Float64Array {
  return resizer(from, to)(pixels);
}
