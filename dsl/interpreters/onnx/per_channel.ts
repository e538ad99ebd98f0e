/**
 * A product and a sum per channel, with the rectifier behind them, as one
 * convolution with a 1x1 kernel for every channel of its own: ONNX Runtime does
 * that in a single pass over the map.
 */
import type { Activation } from "../../graph/op.ts";
import { convolveBlocks } from "./blocks.ts";
import { positive, STEEP, together } from "./elementwise.ts";
import type { Value } from "./emitter.ts";
import type { ExpansionContext } from "./expansion.ts";

/** Maps of at least this many pixels are worth a convolution per channel. */
export const WORTH_A_CONVOLUTION = 256;

/** What is done to a map per channel. */
interface Affine {
  /** The map. */
  readonly x: Value;
  /** A factor for each channel. */
  readonly scale: Value;
  /** A summand for each channel. */
  readonly shift?: Value;
  /** A map to add; it may be written over. */
  readonly more?: Value | undefined;
  /** What is done last. */
  readonly activation?: Activation | "step";
}

/** `activation(scale x + shift + more)`; `step` is 1 above zero, else 0. */
export function affine(context: ExpansionContext, what: Affine): Value {
  const { emitter, own } = context;
  const { x, scale, shift, activation = "none" } = what;
  const [, channels = 1, height = 1, width = 1] = x.shape;
  if (x.order === "blocked") {
    return convolveBlocks(emitter, {
      x,
      kernel: emitter.reshape(scale, [channels, 1, 1, 1]),
      bias: shift,
      more: what.more,
      shape: x.shape,
      attributes: { kernel_shape: [1, 1], group: channels, ...FUSED[activation] },
    });
  }
  const more = what.more === undefined ? undefined : emitter.inOrder(what.more, x.order);
  if (own && x.order === "map" && height * width >= WORTH_A_CONVOLUTION) {
    const kernel = emitter.reshape(scale, [channels, 1, 1, 1]);
    const y = emitter.microsoft("FusedConv", [x, kernel, shift, more], x.shape, {
      kernel_shape: [1, 1],
      group: channels,
      ...FUSED[activation],
    });
    return { ...y, order: "map" };
  }
  const scaled = together(emitter, "Mul", x, scale);
  const moved = shift === undefined ? scaled : together(emitter, "Add", scaled, shift);
  const y = more === undefined ? moved : together(emitter, "Add", moved, more);
  switch (activation) {
    case "relu":
      return emitter.unary("Relu", y);
    case "step":
      return positive(emitter, y);
    case "none":
      return y;
  }
}

/** The attributes of a convolution with an activation behind it. */
const FUSED = {
  none: {},
  relu: { activation: "Relu" },
  step: { activation: "HardSigmoid", activation_params: { kind: "floats", value: [STEEP, 0] } },
} as const;
