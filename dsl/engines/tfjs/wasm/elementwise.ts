/**
 * Operations that work entry by entry or move channels, and the optimisers'
 * steps, by our own wasm kernels. On large maps one pass takes the place of
 * several; on the many small tensors the way to the kernel is shorter.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../../graph/op.ts";
import { channelsOf } from "../operands.ts";
import { FLOAT, type Heap, type Ours } from "./heap.ts";
import type { KernelName } from "./kernels.ts";

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
  heap.kernels[kernel](...[...inputs, ...results].map(heap.address), ...given, size);
  return results;
}

/** Runs a kernel that passes over channels: one result like `x`, what is given is one number per channel. */
export function passOverChannels(
  heap: Heap,
  kernel: KernelName,
  [x, ...given]: readonly [Tensor, ...Tensor[]],
): Tensor {
  const channels = channelsOf(x);
  const result = heap.make(x.shape);
  heap.kernels[kernel](...[x, result, ...given].map(heap.address), x.size / channels, channels);
  return result;
}

/** Tensors joined along the last axis. */
export const joined: Ours<"concat"> = (heap, { axis }, inputs) => {
  if (!isLast(axis, inputs[0])) return undefined;
  const total = inputs.reduce((sum, x) => sum + channelsOf(x), 0);
  const result = heap.make(inputs[0].shape.with(axis, total));
  let target = heap.address(result);
  for (const x of inputs) {
    const channels = channelsOf(x);
    heap.kernels.copyRows(
      ...[target, total * FLOAT, heap.address(x), channels * FLOAT],
      ...[x.size / channels, channels],
    );
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
  if (count < size) heap.floats(target, result.size).fill(0);
  heap.kernels.copyRows(
    ...[target + (first - start) * FLOAT, size * FLOAT],
    ...[heap.address(x) + first * FLOAT, channels * FLOAT],
    ...[x.size / channels, count],
  );
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
