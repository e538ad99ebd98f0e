/**
 * Operations that work entry by entry or move channels, and the optimisers'
 * steps, by our own wasm kernels. On large maps one pass takes the place of
 * several; on the many small tensors the way to the kernel is shorter.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../../graph/op.ts";
import { channelsOf } from "../operands.ts";
import { type Address, FLOAT, type Heap, type Ours } from "./heap.ts";
import type { KernelName } from "./kernels.ts";
import { rangeOf } from "./shares.ts";

/** Entries that a thread passes over at once. */
const SHARE = 2 ** 14;

/** Runs a kernel that passes over entries: `outputs` tensors like the first input. */
export function passOver(
  heap: Heap,
  inputs: readonly [Tensor, ...Tensor[]],
  { kernel, outputs = 1, given = [] }: {
    readonly kernel: KernelName;
    readonly outputs?: number;
    readonly given?: readonly number[];
  },
): readonly Tensor[] {
  const [{ shape, size }] = inputs;
  const results = Array.from({ length: outputs }, () => heap.make(shape));
  const places = [...inputs, ...results].map(heap.address);
  heap.share({
    count: Math.max(1, Math.floor(size / SHARE)),
    each: (piece, kernels) => {
      // The last piece has what is left.
      const first = piece * SHARE;
      const count = size - first < 2 * SHARE ? size - first : SHARE;
      kernels[kernel](...places.map((place) => place + first * FLOAT), ...given, count);
    },
  });
  return results;
}

/** Runs a kernel that passes over the rows of `maps`, of one shape; what is given is one number per channel. */
export function overRows(
  heap: Heap,
  kernel: KernelName,
  { maps, given }: {
    readonly maps: readonly [Tensor, ...Tensor[]];
    readonly given: readonly Tensor[];
  },
): void {
  const [first] = maps;
  const channels = channelsOf(first);
  const rows = first.size / channels;
  const places = maps.map(heap.address);
  const numbers = given.map(heap.address);
  const count = Math.max(1, Math.min(rows, Math.floor(first.size / SHARE)));
  heap.share({
    count,
    each: (piece, kernels) => {
      const [from, to] = rangeOf(rows, piece, count);
      const begin = from * channels * FLOAT;
      kernels[kernel](...places.map((place) => place + begin), ...numbers, to - from, channels);
    },
  });
}

/** Runs a kernel that passes over channels: one result like `x`, what is given is one number per channel. */
export function passOverChannels(
  heap: Heap,
  kernel: KernelName,
  [x, ...given]: readonly [Tensor, ...Tensor[]],
): Tensor {
  const result = heap.make(x.shape);
  overRows(heap, kernel, { maps: [x, result], given });
  return result;
}

/** Copies rows of `count` floats; a place is an address and the floats from one row to the next. */
function copyRows(
  heap: Heap,
  { to, from, rows, count }: {
    readonly to: readonly [Address, number];
    readonly from: readonly [Address, number];
    readonly rows: number;
    readonly count: number;
  },
): void {
  const pieces = Math.max(1, Math.min(rows, Math.floor(rows * count / SHARE)));
  heap.share({
    count: pieces,
    each: (piece, kernels) => {
      const [first, end] = rangeOf(rows, piece, pieces);
      const places = [to, from].flatMap(([address, row]) => [
        address + first * row * FLOAT,
        row * FLOAT,
      ]);
      kernels.copyRows(...places, end - first, count);
    },
  });
}

/** Tensors joined along the last axis. */
export const joined: Ours<"concat"> = (heap, { axis }, inputs) => {
  if (!isLast(axis, inputs[0])) return undefined;
  const total = inputs.reduce((sum, x) => sum + channelsOf(x), 0);
  const result = heap.make(inputs[0].shape.with(axis, total));
  let target = heap.address(result);
  for (const x of inputs) {
    const channels = channelsOf(x);
    copyRows(heap, {
      to: [target, total],
      from: [heap.address(x), channels],
      rows: x.size / channels,
      count: channels,
    });
    target += channels * FLOAT;
  }
  return result;
};

/** Entries of the last axis from `start`, `size` of them; those outside it are zero. */
export function channelRange(
  heap: Heap,
  x: Tensor,
  { axis, start, size }: Pick<OpOf<"slice">, "axis" | "start" | "size">,
): Tensor | undefined {
  if (!isLast(axis, x)) return undefined;
  const channels = channelsOf(x);
  const first = Math.max(0, start);
  const count = Math.min(channels, start + size) - first;
  const result = heap.make(x.shape.with(axis, size));
  const target = heap.address(result);
  if (count < size) heap.kernels.fill(target, 0, result.size);
  copyRows(heap, {
    to: [target + (first - start) * FLOAT, size],
    from: [heap.address(x) + first * FLOAT, channels],
    rows: x.size / channels,
    count,
  });
  return result;
}

/** Whether an axis is that of the channels. */
function isLast(axis: number, { shape }: Tensor): boolean {
  return axis === shape.length - 1;
}

/** The number in a tensor of one. */
const numberIn = (heap: Heap, x: Tensor): number => heap.floats(heap.address(x), 1)[0] ?? NaN;

/** A step of gradient descent with momentum: `[w', v']`. */
export const descend: Ours<"sgd"> = (heap, op, [w, g, v, lr]) => {
  const { momentum, nesterov, weightDecay } = op;
  return passOver(heap, [w, g, v], {
    kernel: nesterov ? "nesterov" : "sgd",
    outputs: 2,
    given: [weightDecay, momentum, -numberIn(heap, lr)],
  });
};

/** A step of AdamW: `[w', m', v']`. */
export const adapt: Ours<"adamw"> = (heap, op, [w, g, m, v, steps, lr]) => {
  const { beta1, beta2, epsilon, weightDecay } = op;
  const [step, rate] = [numberIn(heap, steps), numberIn(heap, lr)];
  return passOver(heap, [w, g, m, v], {
    kernel: "adamw",
    outputs: 3,
    given: [
      ...[beta1, 1 - beta1, beta2, 1 - beta2],
      -rate / (1 - beta1 ** step),
      1 / (1 - beta2 ** step),
      ...[epsilon, 1 - rate * weightDecay],
    ],
  });
};
