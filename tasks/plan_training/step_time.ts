/**
 * How long a training step takes on cards of a kind, as a range. A step moves maps to and from
 * memory and multiplies; neither reaches what the data sheet says, and a network of many small
 * layers waits for their launches. Between cards the gradients are added up, on the way while the
 * backward pass goes on, or after it.
 *
 * The ends of each range hold for what is published of ResNet-50 (NVIDIA's DeepLearningExamples,
 * PyTorch 21.03): 2,470 images/s on an A100 and 16,621 on eight, 938 in TF32; 1,200 and 8,322 on
 * V100s.
 */
import { sizeOf } from "../../dsl/net/shape.ts";
import { type Leaf, leaves } from "../../dsl/plan/fold.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { type Gpu, PER_MACHINE, type Precision } from "./gpus.ts";

/** What the time of a step depends on. */
export interface StepTimeOptions {
  readonly gpu: Gpu;
  readonly precision: Precision;
  /** Cards that train together. */
  readonly gpus: number;
  /** Images that each takes at once. */
  readonly images: number;
  /** Parts in which each takes its images, one after the other. */
  readonly parts: number;
  /** Bytes of all gradients. */
  readonly gradients: number;
}

/** The least and the most that something may be. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** What of a card's data sheet a training gets. */
interface Share {
  /** Of its products and sums. */
  readonly flops: number;
  /** Of the rate of its memory. */
  readonly bandwidth: number;
  /** Of the rate of what joins it to others. */
  readonly link: number;
  /** Launches of each layer or merge, forward and backward. */
  readonly launches: number;
  /** Seconds that a launch takes. */
  readonly launch: number;
  /** Whether what works on each number alone is part of the layer before it, as compilers have it. */
  readonly fuses: boolean;
  /** The share of a step behind which gradients are added up unseen. */
  readonly hidden: number;
}

/** Compiled, with everything large enough. */
export const BEST: Share = {
  ...{ flops: 0.7, bandwidth: 0.9, link: 0.8, launches: 2, launch: 3e-6 },
  ...{ fuses: true, hidden: 2 / 3 },
};
/** Eager, in a machine whose processor has other work too. */
export const WORST: Share = {
  ...{ flops: 0.3, bandwidth: 0.5, link: 0.4, launches: 4, launch: 10e-6 },
  ...{ fuses: false, hidden: 0 },
};

/** A backward pass costs twice its forward pass. */
const PASSES = 3;

/** Seconds of a training step. */
export function stepTime(plan: Plan, options: StepTimeOptions): Span {
  return { least: seconds(plan, options, BEST), most: seconds(plan, options, WORST) };
}

function seconds(plan: Plan, options: StepTimeOptions, share: Share): number {
  const { gpu, precision, images, parts, gpus, gradients } = options;
  const { macs } = cost(plan);
  const all = leaves(plan);
  const numbers = all.reduce((sum, leaf) => sum + moved(leaf, share.fuses), 0);
  const bytes = PASSES * numbers * (precision === "float32" ? 4 : 2);
  const computing = images * (
    PASSES * 2 * macs / (gpu.flops[precision] * share.flops) +
    bytes / (gpu.bandwidth * share.bandwidth)
  );
  const launching = parts * all.length * share.launches * share.launch;
  const busy = Math.max(computing, launching);
  return busy + Math.max(0, adding(gpu, gpus, gradients, share.link) - share.hidden * busy);
}

/** Numbers that the forward pass of a layer or a merge reads and writes for one image. */
function moved(leaf: Leaf, fuses: boolean): number {
  const type = leaf.kind === "layer" ? leaf.layer.type : leaf.merge;
  const inputs = leaf.kind === "layer" ? [leaf.input] : leaf.branches.map(({ output }) => output);
  const read = inputs.reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (FREE.has(type) || (fuses && !ON_THEIR_OWN.has(type))) return 0;
  // Norms read their map once for its statistics.
  return (/_norm$/.test(type) ? 2 : 1) * read + sizeOf(leaf.output);
}

const FREE: ReadonlySet<string> = new Set(["flatten"]);
/** What no compiler joins to the layer before it. */
const ON_THEIR_OWN: ReadonlySet<string> = new Set([
  ...["conv", "conv_transpose", "dense", "batch_norm", "group_norm", "layer_norm", "standardize"],
  ...["max_pool", "average_pool", "resize", "concat", "match"],
]);

/** Seconds for adding up gradients over cards, each of which sends and takes them in a ring. */
function adding(gpu: Gpu, gpus: number, gradients: number, share: number): number {
  if (gpus === 1) return 0;
  const rate = share * (gpus <= PER_MACHINE ? gpu.link : gpu.network);
  return 2 * (gpus - 1) / gpus * gradients / rate + LATENCY * Math.log2(gpus);
}

/** Seconds until a message has come to the next card. */
const LATENCY = 20e-6;
