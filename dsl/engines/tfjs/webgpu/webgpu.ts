/**
 * What the webgpu backend does otherwise than the generic expansions: one
 * shader in place of a chain of kernels, and the gradient of max pooling,
 * which the library gives to another pixel where a window ties.
 */
import type { Expansions } from "../expansion.ts";
import { WEBGPU_ELEMENTWISE } from "./elementwise.ts";
import { WEBGPU_NORMALIZATION } from "./normalization.ts";
import { maxPoolGrad } from "./pooling.ts";

/** The expansions of the webgpu backend that replace generic ones. */
export const WEBGPU: Partial<Expansions> = {
  ...WEBGPU_ELEMENTWISE,
  ...WEBGPU_NORMALIZATION,
  maxPoolGrad,
};
