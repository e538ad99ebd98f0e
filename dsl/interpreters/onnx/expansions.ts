/** The expansion of every operation that a graph of ONNX nodes can compute. */
import type { OpName } from "../../graph/op.ts";
import { CONVOLUTION } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import type { Expansions } from "./expansion.ts";
import { LOSS } from "./loss.ts";
import { NORMALIZATION } from "./normalization.ts";
import { POOLING } from "./pooling.ts";
import { TRAINING } from "./training.ts";

/** All but dropout's mask, which is drawn outside and fed. */
export const EXPANSIONS: Expansions<Exclude<OpName, "dropoutMask">> = {
  ...CONVOLUTION,
  ...ELEMENTWISE,
  ...LOSS,
  ...NORMALIZATION,
  ...POOLING,
  ...TRAINING,
};
