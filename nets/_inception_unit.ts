/**
 * The residual unit of AttentionInception. No file of that network was released
 * and the paper says only that its Inception units were simplified to keep the
 * scale. This one is the Inception-ResNet-C unit of Szegedy et al. (2016) with
 * two changes, both forced by what the paper does say:
 *
 * - its 1x3 and 3x1 convolutions are one 3x3, so that a unit is three
 *   convolutions deep and the network 56 (the original unit has four);
 * - both branches have 3/16 of the unit's channels, the multiple of 1/16 with
 *   which a unit has the weights of the bottleneck that it stands for:
 *   (2 + 9 * 3/16 + 2) * 3/16 = 1.066 of the square of its channels, to 1.0625.
 *
 * As in the original, each branch convolution has batch norm and ReLU, the last
 * 1x1 is linear with a bias, and a ReLU follows the sum. Residuals are not
 * scaled. A stride stands on the last convolution of each branch; where the
 * shape changes, the shortcut is a 1x1 convolution with batch norm, as in
 * AttentionNeXt.
 */
import { chain, fork, identity, named, numbered, residual } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { ratio, type Width } from "../dsl/net/shape.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { convNormRelu } from "./_parts.ts";

/** What the unit can change of its input. */
export interface InceptionUnitOptions {
  /** Output channels, a multiple of 16; the input's by default. */
  readonly width?: number;
  /** Step of the unit; 1 by default. */
  readonly stride?: number;
  /** Whether the shortcut is a convolution; by default when a width or a stride above 1 is given. */
  readonly projection?: boolean;
}

/** The unit. */
export function inceptionUnit(options: InceptionUnitOptions): Net {
  const { width, stride = 1, projection = width !== undefined || stride !== 1 } = options;
  const [branch, output]: readonly [Width, Width] = width === undefined
    ? [ratio(3, 16), ratio(8, 3)]
    : [width * 3 / 16, width];
  const body = chain(
    fork(
      "concat",
      convNormRelu(branch, { stride }),
      chain(convNormRelu(branch), convNormRelu("same", { kernel: 3, stride, padding: 1 })),
    ),
    conv(output, { bias: true }),
  );
  const shortcut = projection
    ? named("projection", chain(conv(width ?? "same", { stride }), batchNorm()))
    : identity;
  return numbered("unit", chain(residual(body, shortcut), relu()));
}
