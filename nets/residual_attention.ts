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
 * | Attention-452 | 6, p = 2, t = 4, r = 3 | 10.14M | | | 8.6M, unexplained |
 */
import { channel, mixed, spatial, stage } from "../dsl/attention.ts";
import { chain, named, repeat } from "../dsl/combinators.ts";
import type { Net } from "../dsl/net.ts";
import type { Shape } from "../dsl/shape.ts";
import { basic, preactivation, resnext, type UnitOptions } from "../dsl/units.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { conv } from "../layers/conv.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool } from "../layers/global_average_pool.ts";
import { relu } from "../layers/relu.ts";

/** The residual units a network can be built of. */
export type UnitKind = "preactivation" | "basic" | "resnext";

/** The attention activations of the paper, by name. */
export type AttentionKind = "mixed" | "channel" | "spatial";

/** What members of the family differ in. Every field has the paper's value by default. */
export interface ResidualAttentionOptions {
  /** Classes; 10. */
  readonly classes?: number;
  /** Input height, width and channels; decides how deep the masks go. `[32, 32, 3]`. */
  readonly input?: Shape;
  /** Attention modules of each stage, one number for all or one each; 1. */
  readonly modules?: number | readonly number[];
  /** Units before and after each module's trunk; 1. */
  readonly p?: number;
  /** Units of each module's trunk; 2. */
  readonly t?: number;
  /** Units between adjacent poolings of a mask; 1. */
  readonly r?: number;
  /** The residual unit; the pre-activation bottleneck. */
  readonly unit?: UnitKind;
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
}

const UNITS: Readonly<Record<UnitKind, (options: UnitOptions) => Net>> = {
  preactivation,
  basic,
  resnext,
};
const ACTIVATIONS: Readonly<Record<AttentionKind, Net>> = {
  mixed,
  channel,
  spatial,
};

/**
 * A Residual Attention Network for small images, from its numbers. It ends in
 * logits.
 *
 * @throws {RangeError} When modules and widths do not have a number for each stage.
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
  const { classes = 10, input = [32, 32, 3], p = 1, t = 2, r = 1 } = options;
  const {
    unit: kind = "preactivation",
    widths = [64, 128, 256],
    layout = "tail",
  } = options;
  const {
    tail = 3,
    activation = "mixed",
    learning = "arl",
    mask = "hourglass",
  } = options;
  const stem = stemOf(options.stem ?? 16);
  const modules = typeof options.modules === "object"
    ? options.modules
    : widths.map(() => options.modules as number | undefined ?? 1);
  if (modules.length !== widths.length) {
    throw new RangeError(
      `Modules for ${modules.length} stages do not fit widths for ${widths.length}`,
    );
  }
  const unit = UNITS[kind];
  const inherited = unit({});
  const units = kind === "resnext" ? "postactivation" : "preactivation";
  const stages = widths.map((width, i) => {
    const before = widths[i - 1] ?? stem.width;
    const stride = i === 0 ? 1 : 2;
    const entry = unit({
      width,
      stride,
      projection: width !== before || stride !== 1,
    });
    const size = Math.min(input[0] ?? NaN, input[1] ?? NaN) /
      (stem.stride * 2 ** i);
    const module = stage(p, t, r, {
      unit: inherited,
      units,
      depth: maskDepth(size),
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
  const end = layout === "tail" && tail > 0 ? named("tail", repeat(tail, inherited)) : chain();
  const entry = kind === "resnext" ? chain() : chain(batchNorm(), relu());
  const head = chain(
    entry,
    globalAveragePool(),
    named("classifier", dense(classes)),
  );
  return chain(named("stem", stem.net), ...stages, end, head);
}

/** How often a mask halves a map of this size: down to no less than 4 pixels, at least once. */
function maskDepth(size: number): number {
  const depth = Math.floor(Math.log2(size / 4));
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
  return residualAttention({ ...options, modules: 1 });
}

/** Attention-92 for CIFAR: two modules a stage. */
export function attention92(options: FamilyOptions = {}): Net {
  return residualAttention({ ...options, modules: 2 });
}

/** Attention-128 for CIFAR: three modules a stage. */
export function attention128(options: FamilyOptions = {}): Net {
  return residualAttention({ ...options, modules: 3 });
}

/** Attention-164 for CIFAR: four modules a stage. */
export function attention164(options: FamilyOptions = {}): Net {
  return residualAttention({ ...options, modules: 4 });
}

/** Attention-236 for CIFAR: six modules a stage. */
export function attention236(options: FamilyOptions = {}): Net {
  return residualAttention({ ...options, modules: 6 });
}

/** Attention-452 for CIFAR: six modules a stage with p = 2, t = 4, r = 3, r as Fig 2 draws it. */
export function attention452(options: FamilyOptions = {}): Net {
  return residualAttention({ ...options, modules: 6, p: 2, t: 4, r: 3 });
}

/**
 * Attention-20, not in the paper: a member small enough to train on a processor.
 * Three modules without units around their trunks of one, and narrow stages.
 */
export function attention20(options: FamilyOptions = {}): Net {
  return residualAttention({
    widths: [32, 64, 128],
    tail: 0,
    ...options,
    modules: 1,
    p: 0,
    t: 1,
    r: 1,
  });
}
