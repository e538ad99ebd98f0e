/**
 * The gradient of a convolution with respect to its input, by our own wasm
 * kernels, for every stride, dilation, padding and number of groups.
 */
import type { Pair } from "../../../graph/op.ts";
import { axes } from "../operands.ts";
import { correlate, mapsOf } from "./correlation.ts";
import { FLOAT, type Ours } from "./heap.ts";
import { packTransposed } from "./packing.ts";

/** The taps along an axis that reach the input's pixels of one phase (its positions modulo the stride). */
interface Phase {
  /** The first pixel of the phase. */
  readonly first: number;
  /** The taps, the last one first. */
  readonly taps: readonly number[];
  /** The gradient's pixel under the first of the taps. */
  readonly start: number;
  /** The gradient's pixels between neighbouring taps. */
  readonly spread: number;
}

/**
 * With the result's pixel `o` under the tap `k` coming from the input's pixel
 * `i = o * stride - before + k * dilation`, pixel i gathers from all taps for
 * which `o = (i + before - k * dilation) / stride` is whole. Which taps those
 * are depends on i modulo the stride alone, and from one of them to the one
 * before it o grows evenly: each phase is a correlation of its own, and
 * nothing is multiplied with the zeros of a dilated gradient.
 */
function phases(
  { size, stride, before, dilation }: {
    readonly size: number;
    readonly stride: number;
    readonly before: number;
    readonly dilation: number;
  },
): readonly Phase[] {
  return Array.from({ length: stride }, (_, first) => {
    const taps = Array.from({ length: size }, (_, k) => size - 1 - k)
      .filter((k) => (first + before - k * dilation) % stride === 0);
    const under = (k: number): number => (first + before - k * dilation) / stride;
    const [last = 0, next = last] = taps;
    return { first, taps, start: under(last), spread: under(next) - under(last) };
  });
}

/** A convolution's gradient with respect to its input. */
export const inputGradient: Ours<"conv2dInputGrad"> = (heap, op, [dy, kernel]) => {
  const { groups, inputShape, padding, stride, dilation } = op;
  const [tapRows, tapColumns, width, out] = axes(kernel.shape);
  const [, height, columns, channels] = axes(inputShape);
  const result = heap.make(inputShape);
  const address = heap.address(result);
  const [top, , left] = padding;
  const down = phases({ size: tapRows, stride: stride[0], before: top, dilation: dilation[0] });
  const across = phases({
    size: tapColumns,
    stride: stride[1],
    before: left,
    dilation: dilation[1],
  });
  if ([...down, ...across].some(({ taps }) => taps.length === 0)) {
    heap.kernels.fill(address, 0, result.size);
  }
  const source = mapsOf(heap, dy);
  const weights = mapsOf(heap, kernel);
  const kernelSize = tapRows * tapColumns * width * out;
  heap.borrow(kernelSize + channels, (room) => {
    for (const y of down) {
      for (const x of across) {
        const taps: Pair = [y.taps.length, x.taps.length];
        const size: Pair = [
          Math.ceil((height - y.first) / stride[0]),
          Math.ceil((columns - x.first) / stride[1]),
        ];
        if ([...taps, ...size].some((n) => n <= 0)) continue;
        packTransposed(heap, { kernel: weights, groups, room, y: y.taps, x: x.taps });
        correlate(heap, {
          source,
          start: [y.start, x.start],
          move: [1, 1],
          taps,
          spread: [y.spread, x.spread],
          groups,
          kernel: room,
          width,
          target: {
            address: address + (y.first * columns + x.first) * channels * FLOAT,
            size,
            image: height * columns * channels,
            row: stride[0] * columns * channels,
            column: stride[1] * channels,
          },
          bias: room + kernelSize * FLOAT,
          floor: -Infinity,
        });
      }
    }
  });
  return result;
};
