/**
 * What eager PyTorch keeps of a layer or a merge from the forward pass for the backward pass, by
 * the formulas of its automatic differentiation (`tools/autograd/derivatives.yaml`), as the module
 * of `deno task export --format torch` calls them.
 */
import { sameShape as same } from "../../dsl/net/shape.ts";
import type { Leaf } from "../../dsl/plan/fold.ts";
import type { LayerType } from "../../layers/table.ts";

/** What is kept of one layer or merge. */
export interface Kept {
  /** Whether what goes in is kept. */
  readonly input?: true;
  /** Whether what comes out is kept. */
  readonly output?: true;
  /** Maps that nothing else sees, as multiples of the output. */
  readonly own?: number;
  /** Bytes for each number of the output that are kept whatever the precision. */
  readonly marks?: number;
  /** Whether what comes out is what went in, in the same memory. */
  readonly view?: true;
  /** Whether the gradient goes on in the same memory. */
  readonly passes?: true;
  /** The one branch that is read, where the others give no more than their size. */
  readonly reads?: number;
}

const NOTHING: Kept = {};
const INPUT: Kept = { input: true };
const OUTPUT: Kept = { output: true };
const BOTH: Kept = { input: true, output: true };

/** PyTorch's maximum pool keeps an index of 8 bytes for each maximum. */
const INDEX_BYTES = 8;

const LAYERS_KEEP: { readonly [T in LayerType]: Kept } = {
  adaptive_average_pool: INPUT,
  average_pool: INPUT,
  batch_norm: INPUT,
  channel_conv: INPUT,
  channel_pool: BOTH,
  channel_shuffle: NOTHING,
  conv: INPUT,
  conv_transpose: INPUT,
  coordinate_mask: NOTHING,
  dense: INPUT,
  depth_to_space: NOTHING,
  dropout: { marks: 1 },
  flatten: { view: true },
  gelu: INPUT,
  global_average_pool: NOTHING,
  global_max_pool: BOTH,
  group_norm: INPUT,
  hard_sigmoid: INPUT,
  hard_swish: INPUT,
  l2_normalize: INPUT,
  layer_norm: INPUT,
  layer_scale: INPUT,
  leaky_relu: INPUT,
  max_pool: { input: true, marks: INDEX_BYTES },
  pad: NOTHING,
  position_pool: BOTH,
  prelu: INPUT,
  relu: OUTPUT,
  relu6: INPUT,
  resize: NOTHING,
  resize_half_pixel: NOTHING,
  resize_nearest: NOTHING,
  scale: NOTHING,
  sigmoid: OUTPUT,
  silu: INPUT,
  softmax: OUTPUT,
  // The map less its mean.
  standardize: { own: 1 },
  stochastic_depth: NOTHING,
  tanh: OUTPUT,
};

const MERGES_KEEP: Readonly<Record<string, Kept>> = {
  add: { passes: true },
  // The sum of 1 and the mask.
  attend: { input: true, own: 1 },
  concat: { passes: true },
  gate: INPUT,
  match: { reads: 1 },
  maximum: INPUT,
  modulate: INPUT,
  multiply: INPUT,
  spread: NOTHING,
  subtract: { passes: true },
};

/** What is kept of a leaf: of a layer or a merge of one's own, what goes in and what comes out. */
export function keptOf(leaf: Leaf): Kept {
  const known: Readonly<Record<string, Kept>> = leaf.kind === "fork" ? MERGES_KEEP : LAYERS_KEEP;
  const kept = isMean(leaf)
    ? NOTHING
    : known[leaf.kind === "fork" ? leaf.merge : leaf.layer.type] ?? BOTH;
  return isResized(leaf) ? kept : { ...kept, view: true };
}

/** Whether it is a pool by means: they go back to where they came from by their number alone. */
function isMean(leaf: Leaf): boolean {
  return leaf.kind === "layer" && /^(channel|position)_pool$/.test(leaf.layer.type) &&
    "by" in leaf.layer && leaf.layer.by === "mean";
}

/** Whether a resize has anything to do; true of everything else. */
function isResized(leaf: Leaf): boolean {
  if (leaf.kind === "layer") return leaf.layer.type !== "resize" || !same(leaf.input, leaf.output);
  return leaf.merge !== "match" || !same(leaf.branches[1]?.output ?? [], leaf.output);
}
