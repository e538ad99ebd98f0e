/**
 * What expansions share: numbers as tensors, and a tensor's sizes, rows and
 * channels.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { TensorShape } from "../../graph/op.ts";
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

/** The four sizes of maps or of a kernel. */
export function axes(shape: TensorShape): readonly [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  return [a, b, c, d];
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
