/**
 * Residual Attention Networks: Wang, Jiang, Qian, Yang, Li, Zhang, Wang and
 * Tang, Residual attention network for image classification, CVPR 2017
 * (arXiv 1704.06904).
 *
 * The CIFAR family, 32x32 input, three stages of `m` modules each, depth
 * 36 m + 20 at p = 1, t = 2, r = 1. The paper gives neither widths nor mask
 * depths; 64, 128, 256 with quarter bottlenecks, a 3x3 stem of 16 and masks
 * down to 4x4 are what fits its parameter counts. Counts for 10 classes:
 *
 * | network | m | conv and dense | trainable | MACs | paper |
 * |---|---|---|---|---|---|
 * | Attention-56 | 1 | 1,132,986 | 1,148,826 | 122,825,216 | |
 * | Attention-92 | 2 | 1,931,706 | 1,959,706 | 211,913,216 | 1.9M |
 * | Attention-128 | 3 | 2,730,426 | 2,770,586 | 301,001,216 | |
 * | Attention-164 | 4 | 3,529,146 | 3,581,466 | 390,089,216 | |
 * | Attention-236 | 6 | 5,126,586 | 5,203,226 | 568,265,216 | 5.1M |
 * | Attention-452 | 6, p = 2, t = 4, r = 3 | 10,140,090 | 10,299,674 | 984,386,048 | 8.6M, unexplained |
 *
 * The ImageNet family, its Table 2 as released for Caffe: three stages of 256,
 * 512, 1024 channels whose masks go down to the last stage's map, modules 1, 1, 1
 * (56) or 1, 2, 3 (92), then three units of 2048. AttentionNeXt has ResNeXt
 * units; AttentionInception's are ours, see `_inception_unit.ts`, for none were
 * released. Counts for 1000 classes at 224x224:
 *
 * | network | conv and dense | trainable | with statistics | MACs | paper |
 * |---|---|---|---|---|---|
 * | Attention-56 | 31,738,024 | 31,810,728 | 31,883,432 | 6,270,836,736 | 31.9M, 6.3G |
 * | Attention-92 | 52,332,712 | 52,466,344 | 52,599,976 | 10,533,789,696 | 51.3M, 10.4G, unexplained |
 * | AttentionNeXt-56 | 31,220,392 | 31,318,824 | 31,417,256 | 6,419,106,816 | 31.9M, 6.3G, unexplained |
 * | AttentionNeXt-92 | 51,931,816 | 52,102,952 | 52,274,088 | 10,704,337,920 | |
 * | AttentionInception-56 | 31,500,968 | 31,536,840 | 31,572,712 | 6,171,563,520 | 31.9M, 6.3G |
 */
import { expected, misfit, OPTIONS, optionsOf, settling } from "../dsl/problem/expect.ts";
import { channel, mixed, type Reading, spatial, stage } from "../layers/blocks/attention.ts";
import { chain, named, repeat } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import type { Shape } from "../dsl/net/shape.ts";
import { basic, preactivation, resnext } from "../layers/blocks/units.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { inceptionUnit, type InceptionUnitOptions } from "./_inception_unit.ts";
import { judged } from "./_attention_options.ts";
import { head, imagenetStem } from "./_parts.ts";

/** The residual units a network can be built of. */
export type UnitKind = "preactivation" | "basic" | "resnext" | "inception";

/** The attention activations of the paper, by name. */
export type AttentionKind = "mixed" | "channel" | "spatial";

/** What members of the family differ in. Every field has the paper's value by default. */
export interface ResidualAttentionOptions {
  /** Classes; 10. */
  readonly classes?: number;
  /** Input height, width and channels; decides how deep the masks go, unless `depths` does. `[32, 32, 3]`. */
  readonly input?: Shape;
  /** How often the masks of each stage halve their map; as often as leaves 4 pixels of it. */
  readonly depths?: readonly number[];
  /** Attention modules of each stage, one number for all or one each; 1. */
  readonly modules?: number | readonly number[];
  /** Units before and after each module's trunk; 1. */
  readonly p?: number;
  /** Units of each module's trunk; 2. */
  readonly t?: number;
  /** Units between adjacent poolings of a mask; 1. */
  readonly r?: number;
  /** How r is read; as the paper's Fig 2 draws it. */
  readonly reading?: Reading;
  /** The residual unit; the pre-activation bottleneck. */
  readonly unit?: UnitKind;
  /** Groups of a ResNeXt unit's 3x3 convolution; 32. */
  readonly groups?: number;
  /** Channels of each stage; 64, 128, 256. The first stage keeps the stem's map, each later one halves it. */
  readonly widths?: readonly number[];
  /** Channels of the stem, or a stem of your own, which must keep the map's size and not be named; 16. */
  readonly stem?: number | {
    readonly net: Net;
    readonly width: number;
    readonly stride: number;
  };
  /** The attention activation; mixed. */
  readonly activation?: AttentionKind;
  /** Attention residual learning or naive attention learning; arl. */
  readonly learning?: "arl" | "nal";
  /** An encoder-decoder mask or one of local convolutions; hourglass. */
  readonly mask?: "hourglass" | "local";
  /**
   * Where the six units outside the modules stand: `tail` has one before each
   * stage and the rest at the end (the paper's Table 2), `text` has two in
   * each stage (its Section 4.1).
   */
  readonly layout?: "tail" | "text";
  /** Units at the end of the tail layout; 3. */
  readonly tail?: number;
  /** Channels of those units; the last stage's. Another width halves the map. */
  readonly tailWidth?: number;
}

const PAPER = {
  classes: 10,
  input: [32, 32, 3],
  depths: undefined,
  modules: 1,
  p: 1,
  t: 2,
  r: 1,
  reading: "figure",
  unit: "preactivation",
  groups: 32,
  widths: [64, 128, 256],
  stem: 16,
  activation: "mixed",
  learning: "arl",
  mask: "hourglass",
  layout: "tail",
  tail: 3,
  tailWidth: NaN,
} as const;

type MakeUnit = (options: InceptionUnitOptions) => Net;

const UNITS: Readonly<Record<UnitKind, (groups: number) => MakeUnit>> = {
  preactivation: () => preactivation,
  basic: () => basic,
  resnext: (groups) => (options) => resnext({ ...options, groups }),
  inception: () => inceptionUnit,
};
const ACTIVATIONS: Readonly<Record<AttentionKind, Net>> = { mixed, channel, spatial };

/**
 * A Residual Attention Network from its numbers, by default one for small
 * images. It ends in logits.
 *
 * @throws {ProblemError} When modules, depths and widths do not have a number for each stage.
 * @example A narrow one with spatial attention
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { residualAttention } from "@netfold/netfold/nets";
 *
 * const net = residualAttention({ widths: [16, 32, 64], activation: "spatial" });
 * assertEquals(depth(orThrow(plan(net, [32, 32, 3]))), 56);
 * ```
 */
export function residualAttention(options: ResidualAttentionOptions = {}): Net {
  const chosen = optionsOf(options, PAPER);
  const { classes, input, p, t, r, reading, unit: kind, widths, layout, modules: given } = chosen;
  const { activation, learning, mask } = chosen;
  judged(chosen);
  const stem = stemOf(chosen.stem);
  const modules = typeof given === "number" ? widths.map(() => given) : given;
  const depths = chosen.depths ?? widths.map((_, i) => maskDepth(input, stem.stride * 2 ** i));
  sameLength("Modules", modules, widths);
  sameLength("Mask depths", depths, widths);
  const unit = UNITS[kind](chosen.groups);
  const inherited = unit({});
  const rectified = kind === "resnext" || kind === "inception";
  const stages = widths.map((width, i) => {
    const before = widths[i - 1] ?? stem.width;
    const stride = i === 0 ? 1 : 2;
    const entry = unit({ width, stride, projection: width !== before || stride !== 1 });
    const module = stage(p, t, r, {
      unit: inherited,
      units: rectified ? "postactivation" : "preactivation",
      depth: depths[i] ?? 1,
      reading,
      activation: ACTIVATIONS[activation],
      learning,
      mask,
    });
    const extra = layout === "text" ? inherited : chain();
    return named(
      `stage${i + 1}`,
      chain(entry, extra, repeat(modules[i] ?? 0, module)),
    );
  });
  return chain(
    named("stem", stem.net),
    ...stages,
    layout === "tail" ? tailOf(chosen, widths.at(-1), unit) : chain(),
    rectified ? chain() : chain(batchNorm(), relu()),
    head(classes),
  );
}

/** The units after the last stage, whose channels are `before`. */
function tailOf(
  { tail, tailWidth: width }: { readonly tail: number; readonly tailWidth: number },
  before: number | undefined,
  unit: MakeUnit,
): Net {
  if (tail === 0) return chain();
  const first = Number.isNaN(width) || width === before ? {} : { width, stride: 2 };
  return named("tail", chain(unit(first), repeat(tail - 1, unit({}))));
}

function sameLength(what: string, numbers: readonly number[], widths: readonly number[]): void {
  if (numbers.length !== widths.length) {
    const got = `${what} for ${numbers.length} stages`;
    throw misfit(`${what} must fit the widths`, got, `${what} for ${widths.length} stages`);
  }
}

/** How often a mask halves the input's map after `stride`: down to no less than 4 pixels, at least once. */
function maskDepth([height = NaN, width = NaN]: Shape, stride: number): number {
  const depth = Math.floor(Math.log2(Math.min(height, width) / stride / 4));
  // A size that no map has is the plan's to refuse.
  return Number.isFinite(depth) ? Math.max(1, depth) : 1;
}

function stemOf(stem: NonNullable<ResidualAttentionOptions["stem"]>) {
  return typeof stem === "number"
    ? { net: conv(stem, { kernel: 3, padding: 1 }), width: stem, stride: 1 }
    : stem;
}

/** Options that members of the family leave open. */
export type FamilyOptions = Omit<
  ResidualAttentionOptions,
  "modules" | "p" | "t" | "r"
>;

/** Attention-56 for CIFAR: one module a stage. */
export function attention56(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 1 }));
}

/** Attention-92 for CIFAR: two modules a stage. */
export function attention92(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 2 }));
}

/** Attention-128 for CIFAR: three modules a stage. */
export function attention128(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 3 }));
}

/** Attention-164 for CIFAR: four modules a stage. */
export function attention164(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 4 }));
}

/** Attention-236 for CIFAR: six modules a stage. */
export function attention236(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 6 }));
}

/** Attention-452 for CIFAR: six modules a stage with p = 2, t = 4, r = 3, r as Fig 2 draws it. */
export function attention452(options: FamilyOptions = {}): Net {
  return residualAttention(settling(options, { modules: 6, p: 2, t: 4, r: 3 }));
}

/**
 * Attention-20, not in the paper: a member small enough to train on a processor.
 * Three modules without units around their trunks of one, and narrow stages.
 */
export function attention20(options: FamilyOptions = {}): Net {
  const settled = { modules: 1, p: 0, t: 1, r: 1 };
  return residualAttention({ widths: [32, 64, 128], tail: 0, ...settling(options, settled) });
}

/** Options that members of the ImageNet family leave open; any input fits. */
export type ImagenetFamilyOptions = Pick<
  ResidualAttentionOptions,
  "classes" | "activation" | "learning" | "mask"
>;

/**
 * A Residual Attention Network in the paper's form for ImageNet: a 7x7 stem and
 * a pool, three stages, a tail of 2048 channels. The masks of stage i halve
 * their map 4 - i times, down to the tail's map at any input size.
 *
 * @throws {ProblemError} When modules, depths and widths do not have a number for each stage.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { imagenetResidualAttention } from "@netfold/netfold/nets";
 *
 * const net = imagenetResidualAttention({ modules: 1 });
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).total, 31_883_432);
 * ```
 */
export function imagenetResidualAttention(options: ResidualAttentionOptions = {}): Net {
  const stem = imagenetStem({ ceil: true });
  return residualAttention({
    classes: 1000,
    widths: [256, 512, 1024],
    depths: [3, 2, 1],
    stem: { net: stem, width: 64, stride: 4 },
    tailWidth: 2048,
    ...expected(options, OPTIONS),
  });
}

/** Attention-56 for ImageNet: one module a stage. */
export function imagenetAttention56(options: ImagenetFamilyOptions = {}): Net {
  return imagenetResidualAttention(settling(options, { modules: 1 }));
}

/** Attention-92 for ImageNet: one, two and three modules. */
export function imagenetAttention92(options: ImagenetFamilyOptions = {}): Net {
  return imagenetResidualAttention(settling(options, { modules: [1, 2, 3] }));
}

/** AttentionNeXt-56 for ImageNet: Attention-56 of ResNeXt units. */
export function attentionNext56(options: ImagenetFamilyOptions = {}): Net {
  return imagenetResidualAttention(settling(options, { modules: 1, unit: "resnext" }));
}

/** AttentionNeXt-92 for ImageNet: Attention-92 of ResNeXt units. */
export function attentionNext92(options: ImagenetFamilyOptions = {}): Net {
  return imagenetResidualAttention(settling(options, { modules: [1, 2, 3], unit: "resnext" }));
}

/**
 * AttentionInception-56 for ImageNet: Attention-56 of simplified
 * Inception-ResNet units. The units are this library's reading, as no file of
 * the network was released: two branches, 1x1 and 1x1-3x3, of 3/16 of the
 * unit's channels each, joined and brought back by a linear 1x1, so that depth,
 * parameters and cost are those of Attention-56.
 */
export function attentionInception56(options: ImagenetFamilyOptions = {}): Net {
  return imagenetResidualAttention(settling(options, { modules: 1, unit: "inception" }));
}
