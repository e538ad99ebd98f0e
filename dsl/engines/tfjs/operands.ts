/**
 * What expansions share: access to operands, numbers as tensors, and a
 * tensor's rows and channels.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ExpansionContext } from "./expansion.ts";
import { reshape, sizeOf } from "./kernels.ts";

/** A number as a tensor of no axes, made once per program. */
export function scalar(context: ExpansionContext, value: number): Tensor {
  return context.constant(`scalar ${value}`, [], () => Float32Array.of(value));
}

/** A number repeated for each channel, made once per program. */
export function perChannel(context: ExpansionContext, channels: number, value: number): Tensor {
  return context.constant(
    `${channels} times ${value}`,
    [channels],
    () => new Float32Array(channels).fill(value),
  );
}

/** Operand `i`, which the graph's form guarantees. */
export function operand(inputs: readonly (Tensor | undefined)[], i: number): Tensor {
  const tensor = inputs[i];
  if (tensor === undefined) throw new TypeError(`operand ${i} is missing`);
  return tensor;
}

/** The size of the last axis. */
export function channelsOf(x: Tensor): number {
  return x.shape[x.shape.length - 1] ?? 1;
}

/** A tensor as a matrix with one column per channel. */
export function rowsByChannels(x: Tensor): Tensor {
  if (x.shape.length === 2) return x;
  const channels = channelsOf(x);
  return reshape(x, [sizeOf(x.shape) / channels, channels]);
}
