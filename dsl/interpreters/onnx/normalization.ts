/** Normalisations of single samples and their gradients. */
import { batchNormGrad, batchNormTrain } from "./batch_norm.ts";
import type { Emitter, Value } from "./emitter.ts";
import { channelAxis, type Expansions, mapOperand } from "./expansion.ts";

/** The mean over each map, as `[n, c, 1, 1]`. */
function meanOfMaps(emitter: Emitter, x: Value): Value {
  const [n = 1, c = 1] = x.shape;
  const y = emitter.node("ReduceMean", [x], [n, c, 1, 1], { axes: [2, 3], keepdims: 1 });
  return { ...y, order: x.order };
}

/** The maps with mean zero, and the inverse of their standard deviation. */
function centre(
  emitter: Emitter,
  x: Value,
  epsilon: number,
): { readonly normal: Value; readonly inverse: Value } {
  const centred = emitter.binary("Sub", x, meanOfMaps(emitter, x));
  const variance = meanOfMaps(emitter, emitter.binary("Mul", centred, centred));
  const spread = emitter.unary("Sqrt", emitter.binary("Add", variance, emitter.scalar(epsilon)));
  const inverse = emitter.unary("Reciprocal", spread);
  return { normal: emitter.binary("Mul", centred, inverse), inverse };
}

/** The sum over the channels, that axis kept with size 1. */
function sumOfChannels(emitter: Emitter, x: Value): Value {
  const axis = channelAxis(x);
  const y = emitter.node("ReduceSum", [x, emitter.whole(axis)], x.shape.with(axis, 1), {
    keepdims: 1,
  });
  return { ...y, order: x.order };
}

/** The vectors of length one, and the inverse of their length. */
function unit(
  emitter: Emitter,
  x: Value,
  epsilon: number,
): { readonly normal: Value; readonly inverse: Value } {
  const squares = sumOfChannels(emitter, emitter.binary("Mul", x, x));
  const length = emitter.unary("Sqrt", emitter.binary("Add", squares, emitter.scalar(epsilon)));
  const inverse = emitter.unary("Reciprocal", length);
  return { normal: emitter.binary("Mul", x, inverse), inverse };
}

/** The expansions of this file. */
export const NORMALIZATION: Expansions<
  | "batchNormTrain"
  | "batchNormGrad"
  | "standardize"
  | "standardizeGrad"
  | "l2Normalize"
  | "l2NormalizeGrad"
> = {
  batchNormTrain,
  batchNormGrad,
  standardize: ({ epsilon }, inputs, { emitter }) => [
    centre(emitter, mapOperand(emitter, inputs, 0), epsilon).normal,
  ],
  standardizeGrad: ({ epsilon }, inputs, { emitter }) => {
    const dy = mapOperand(emitter, inputs, 0);
    const { normal, inverse } = centre(emitter, mapOperand(emitter, inputs, 1), epsilon);
    const along = emitter.binary(
      "Mul",
      normal,
      meanOfMaps(emitter, emitter.binary("Mul", dy, normal)),
    );
    const even = emitter.binary("Sub", dy, meanOfMaps(emitter, dy));
    return [emitter.binary("Mul", emitter.binary("Sub", even, along), inverse)];
  },
  l2Normalize: ({ epsilon }, inputs, { emitter }) => [
    unit(emitter, mapOperand(emitter, inputs, 0), epsilon).normal,
  ],
  l2NormalizeGrad: ({ epsilon }, inputs, { emitter }) => {
    const dy = mapOperand(emitter, inputs, 0);
    const { normal, inverse } = unit(emitter, mapOperand(emitter, inputs, 1), epsilon);
    const along = emitter.binary(
      "Mul",
      normal,
      sumOfChannels(emitter, emitter.binary("Mul", dy, normal)),
    );
    return [emitter.binary("Mul", emitter.binary("Sub", dy, along), inverse)];
  },
};
