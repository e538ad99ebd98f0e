/** The networks that studies compare, before a scale says how wide they are. */
import { attention8, type FastAttentionOptions } from "../../nets/fast_attention.ts";
import { preactivationResnet } from "../../nets/preactivation_resnet.ts";
import { residualAttention, type ResidualAttentionOptions } from "../../nets/residual_attention.ts";
import type { Scale } from "./scale.ts";
import type { Arm } from "./study.ts";

/** A network before its width is known. */
export interface Candidate {
  readonly network: string;
  readonly title: string;
  readonly make: (scale: Scale, classes: number) => Arm["net"];
}

/** A member of the attention family. */
export function attention(depth: number, options: ResidualAttentionOptions = {}): Candidate {
  const size = depth === 452
    ? { modules: 6, p: 2, t: 4, r: 3 }
    : { modules: Math.round((depth - 20) / 36) };
  return {
    network: `cifar/attention-${depth}`,
    title: `Attention-${depth}`,
    make: ({ shrink }, classes) =>
      residualAttention({
        ...size,
        ...options,
        classes,
        widths: [64, 128, 256].map((width) => width / shrink),
        stem: 16 / shrink,
        groups: 32 / shrink,
      }),
  };
}

/** ResNet-164 of bottlenecks, or ResNet-56 of pairs of 3x3 convolutions. */
export function resnet(depth: 56 | 164): Candidate {
  const own = depth === 164
    ? { units: 18, unit: "bottleneck", widths: [64, 128, 256] } as const
    : { units: 9, unit: "basic", widths: [16, 32, 64] } as const;
  return {
    network: `cifar/resnet-${depth}`,
    title: `ResNet-${depth}`,
    make: ({ shrink }, classes) =>
      preactivationResnet({
        ...own,
        classes,
        widths: own.widths.map((width) => width / shrink),
        stem: 16 / shrink,
      }),
  };
}

/** Residual units by their titles. */
export const UNITS = {
  "pre-activation": "preactivation",
  "ResNeXt": "resnext",
  "Inception": "inception",
} as const;

/** Attention-8 as its options say. */
export function attentionEight(options: FastAttentionOptions = {}): Candidate {
  return {
    network: "cifar/attention-8",
    title: "Attention-8",
    make: (_, classes) => attention8({ ...options, classes }),
  };
}
