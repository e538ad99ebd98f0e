/**
 * The summary of a network: what it holds, what it costs and how its shapes
 * run, as data. `summary_text.ts` prints it.
 */
import { foldPlan, type Leaf, leaves, sumCosts } from "../fold.ts";
import type { Cost } from "../layer.ts";
import type { Plan } from "../plan.ts";
import type { Shape } from "../shape.ts";
import { cost } from "./cost.ts";
import { depth } from "./depth.ts";
import { countParameters, type ParameterCounts, params, sumParameters } from "./params.ts";

/** One layer, or one merge of branches. */
export interface LayerSummary {
  /** Its path. */
  readonly path: string;
  /** The layer's type, or the merge's name. */
  readonly layer: string;
  /** The shape that goes in (of each branch's common input for a merge). */
  readonly input: Shape;
  /** The shape that comes out. */
  readonly output: Shape;
  /** All its parameters, running statistics included; these add up to `params.total`. */
  readonly params: number;
  /** The parameters that an optimiser changes; these add up to `params.trainable`. */
  readonly trainable: number;
  /** Multiply-accumulates of convolutions and dense layers. */
  readonly macs: number;
  /** Floating point operations: 2 MACs plus elementwise operations. */
  readonly flops: number;
}

/** A whole network's summary; the values that `--format json` prints. */
export interface Summary {
  /** The network's name, when it has one. */
  readonly net: string;
  /** The shape that goes in. */
  readonly input: Shape;
  /** The shape that comes out. */
  readonly output: Shape;
  /** Parameter counts. */
  readonly params: ParameterCounts;
  /** Multiply-accumulates of convolutions and dense layers for one image. */
  readonly macs: number;
  /** Floating point operations for one image: 2 MACs plus elementwise operations. */
  readonly flops: number;
  /** Convolutions and dense layers on the trunk path. */
  readonly depth: number;
  /** Every layer and merge in the order of computation. */
  readonly layers: readonly LayerSummary[];
}

/**
 * Summarises a planned network.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan, summarize } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const { depth, params, layers } = summarize(orThrow(plan(attention56(), [32, 32, 3])));
 * assertEquals(depth, 56);
 * assertEquals(layers.reduce((sum, layer) => sum + layer.params, 0), params.total);
 * ```
 */
export function summarize(plan: Plan, net = "network"): Summary {
  return {
    net,
    input: plan.input,
    output: plan.output,
    params: params(plan),
    ...cost(plan),
    depth: depth(plan),
    layers: leaves(plan).map(summarizeLeaf),
  };
}

function summarizeLeaf(leaf: Leaf): LayerSummary {
  const { path, input, output } = leaf;
  const { total, trainable } = countParameters(
    leaf.kind === "layer" ? leaf.parameters : [],
  );
  const layer = leaf.kind === "layer" ? leaf.layer.type : leaf.merge;
  return { path, layer, input, output, params: total, trainable, ...leaf.cost };
}

/** A part of the network in the tree of its names. */
export interface SummaryNode {
  /** The last segment of its path. */
  readonly name: string;
  /** The layer's type, the merge's name, or nothing for a group. */
  readonly layer: string;
  /** The shape that comes out. */
  readonly output: Shape;
  /** The sum of its parameters. */
  readonly params: ParameterCounts;
  /** The sum of its costs. */
  readonly cost: Cost;
  /** What it holds. */
  readonly children: readonly SummaryNode[];
}

/** The tree of a network's names: groups with their subtotals, layers at its leaves. */
export function summaryTree(plan: Plan): readonly SummaryNode[] {
  const last = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  return foldPlan<readonly SummaryNode[]>(plan, {
    layer: (leaf) => [{
      name: last(leaf.path),
      layer: leaf.layer.type,
      output: leaf.output,
      params: countParameters(leaf.parameters),
      cost: leaf.cost,
      children: [],
    }],
    chain: (parts) => parts.flat(),
    fork: (branches, fork) => [...branches.flat(), {
      name: last(fork.path),
      layer: fork.merge,
      output: fork.output,
      params: countParameters([]),
      cost: fork.cost,
      children: [],
    }],
    named: (children, { path, output, body }) =>
      body.kind === "layer" ? children : [{
        name: last(path),
        layer: "",
        output,
        params: sumParameters(children.map((child) => child.params)),
        cost: sumCosts(children.map((child) => child.cost)),
        children,
      }],
  });
}
