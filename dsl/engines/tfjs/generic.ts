/**
 * An expansion of every operation that is right on the cpu, wasm and webgpu
 * backends, `maxPoolGrad` on webgpu excepted (see `generic_max_pool.ts`).
 */
import type { Expansions } from "./expansion.ts";
import { CONVOLUTION } from "./generic_convolution.ts";
import { ELEMENTWISE } from "./generic_elementwise.ts";
import { LOSS } from "./generic_loss.ts";
import { NORMALIZATION } from "./generic_normalization.ts";
import { POOLING } from "./generic_pooling.ts";
import { TRAINING } from "./generic_training.ts";

/** The generic expansions. */
export const GENERIC: Expansions = {
  ...ELEMENTWISE,
  ...CONVOLUTION,
  ...POOLING,
  ...NORMALIZATION,
  ...LOSS,
  ...TRAINING,
};
