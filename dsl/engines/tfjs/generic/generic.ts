/**
 * An expansion of every operation that is right on the cpu, wasm and webgpu
 * backends, `maxPoolGrad` on webgpu excepted (see `generic_max_pool.ts`).
 */
import type { Expansions } from "../expansion.ts";
import { CONVOLUTION } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { LOSS } from "./loss.ts";
import { NORMALIZATION } from "./normalization.ts";
import { POOLING } from "./pooling.ts";
import { TRAINING } from "./training.ts";

/** The generic expansions. */
export const GENERIC: Expansions = {
  ...ELEMENTWISE,
  ...CONVOLUTION,
  ...POOLING,
  ...NORMALIZATION,
  ...LOSS,
  ...TRAINING,
};
