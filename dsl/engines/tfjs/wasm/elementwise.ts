/**
 * Operations that work entry by entry or move channels, and the optimisers'
 * steps, by our own wasm kernels. On large maps one pass takes the place of
 * several; on the many small tensors the way to the kernel is shorter.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../../graph/op.ts";
import { channelsOf, operand } from "../operands.ts";
import type { Heap } from "./heap.ts";
import type { KernelName } from "./kernels.ts";

const FLOAT = 4;

/** Runs a kernel that passes over entries: `outputs` tensors like the first input. */
export function passOver(
  heap: Heap,
  inputs: readonly Tensor[],
  { kernel, outputs = 1, given = [] }: {
    readonly kernel: KernelName;
    readonly outputs?: number;
    readonly given?: readonly number[];
  },
): readonly Tensor[] {
  const first = operand(inputs, 0);
  const results = Array.from({ length: outputs }, () => heap.make(first.shape));
  heap.kernels[kernel](...[...inputs, ...results].map(heap.address), ...given, first.size);
  return results;
}

/** Runs a kernel that passes over channels: one result like the first input, the other inputs are one number per channel. */
export function passOverChannels(
  heap: Heap,
  kernel: KernelName,
  inputs: readonly Tensor[],
): Tensor {
  const [x, given] = [operand(inputs, 0), inputs.slice(1)];
  const channels = channelsOf(x);
  const result = heap.make(x.shape);
  heap.kernels[kernel](...[x, result, ...given].map(heap.address), x.size / channels, channels);
  return result;
}

/** An operation on two tensors of one shape, or on a tensor and its channels' numbers; undefined for others. */
export function combine(
  heap: Heap,
  inputs: readonly Tensor[],
  { same, channels }: {
    readonly same: KernelName;
    readonly channels: KernelName | undefined;
  },
): Tensor | undefined {
  const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
  if (a.rank === b.rank) {
    return operand(passOver(heap, [a, b], { kernel: same }), 0);
  }
  return b.rank === 0 || channels === undefined
    ? undefined
    : passOverChannels(heap, channels, [a, b]);
}

/** Tensors joined along the last axis. */
export function joined(heap: Heap, inputs: readonly Tensor[]): Tensor {
  const outer = operand(inputs, 0).shape.slice(0, -1);
  const total = inputs.reduce((sum, x) => sum + channelsOf(x), 0);
  const result = heap.make([...outer, total]);
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
}

/** Channels of a tensor from `start`, `size` of them; those outside it are zero. */
export function channelRange(
  heap: Heap,
  x: Tensor,
  { start, size }: { readonly start: number; readonly size: number },
): Tensor {
  const channels = channelsOf(x);
  const first = Math.max(0, start);
  const count = Math.min(channels, start + size) - first;
  const result = heap.make([...x.shape.slice(0, -1), size]);
  const target = heap.address(result);
  if (count < size) heap.floats(target, result.size).fill(0);
  heap.kernels.copyRows(
    ...[target + (first - start) * FLOAT, size * FLOAT],
    ...[heap.address(x) + first * FLOAT, channels * FLOAT],
    ...[x.size / channels, count],
  );
  return result;
}

/** The number in a tensor of one. */
const numberIn = (heap: Heap, x: Tensor): number => heap.floats(heap.address(x), 1)[0] ?? NaN;

/** A step of gradient descent with momentum: `[w', v']`. */
export function descend(
  heap: Heap,
  { momentum, nesterov, weightDecay }: OpOf<"sgd">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const rate = numberIn(heap, operand(inputs, 3));
  return passOver(heap, inputs.slice(0, 3), {
    kernel: nesterov ? "nesterov" : "sgd",
    outputs: 2,
    given: [weightDecay, momentum, -rate],
  });
}

/** A step of AdamW: `[w', m', v']`. */
export function adapt(
  heap: Heap,
  { beta1, beta2, epsilon, weightDecay }: OpOf<"adamw">,
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const step = numberIn(heap, operand(inputs, 4));
  const rate = numberIn(heap, operand(inputs, 5));
  return passOver(heap, inputs.slice(0, 4), {
    kernel: "adamw",
    outputs: 3,
    given: [
      ...[beta1, 1 - beta1, beta2, 1 - beta2],
      -rate / (1 - beta1 ** step),
      1 / (1 - beta2 ** step),
      ...[epsilon, 1 - rate * weightDecay],
    ],
  });
}
