/**
 * Networks of the literature as values, by function and by name: Residual
 * Attention Networks for CIFAR and ImageNet in all sizes of the paper, and the
 * networks that it compares with. Each family has one function that generates
 * all its members.
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
export * from "./convnext.ts";
export * from "./densenet.ts";
export * from "./efficientnet.ts";
export * from "./fast_attention.ts";
export * from "./inception_resnet.ts";
export * from "./mobilenet_v2.ts";
export * from "./plain.ts";
export * from "./preactivation_resnet.ts";
export * from "./residual_attention.ts";
export * from "./resnet.ts";
export * from "./vgg.ts";
export * from "./wide_resnet.ts";
export * from "./zoo.ts";
