/**
 * Networks of the literature as values, by function and by name. Residual
 * Attention Networks for CIFAR in all sizes of the paper, and the function
 * that generates them.
 *
 * @example
 * ```ts
 * import { summary } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * console.log(summary(attention56({ classes: 100 }), [32, 32, 3]));
 * ```
 *
 * @module
 */
export * from "./residual_attention.ts";
export * from "./zoo.ts";
