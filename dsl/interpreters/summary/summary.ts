/**
 * The summary of a network: what it holds, what it costs and how its shapes
 * run, as data. `summary_text.ts` and its neighbours print it.
 */
import { expected, optionsOf, TEXT } from "../../problem/expect.ts";
import { foldPlan, type Leaf, leaves, parametersAt } from "../../plan/fold.ts";
import type { Pair } from "../../graph/op.ts";
import type { Cost } from "../../plan/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import { bytesOf, NUMBER_BYTES, type Shape } from "../../net/shape.ts";
import { type ConventionName, conventionOf } from "../counts/convention.ts";
import { COST, cost } from "../counts/cost.ts";
import { concatAll, type Monoid, struct, SUM, sumOf } from "../../problem/monoid.ts";
import { defined } from "../../problem/defined.ts";
import { lastOf } from "../../plan/parts.ts";
import { depth } from "../counts/depth.ts";
import { kernelText } from "../counts/kernel.ts";
import { countParameters, COUNTS, type ParameterCounts, params } from "../counts/params.ts";
import { receptiveFields } from "../counts/receptive_field.ts";
import type { TrainingNeeds } from "../counts/training_cost.ts";

/** One layer, or one merge of branches. */
export interface LayerSummary {
  /** Its path. */
  readonly path: string;
  /** The path of the layer whose parameters it shares, which are counted there. */
  readonly home?: string;
  /** The layer's type, or the merge's name. */
  readonly layer: string;
  /** The shape that goes in (of each branch's common input for a merge). */
  readonly input: Shape;
  /** The shape that comes out. */
  readonly output: Shape;
  /** The window of a convolution or a pooling: `3x3/2`; others have none. */
  readonly kernel?: string;
  /** All its parameters, running statistics included; these add up to `params.total`. */
  readonly params: number;
  /** The parameters that an optimiser changes; these add up to `params.trainable`. */
  readonly trainable: number;
  /** Multiply-accumulates of convolutions and dense layers. */
  readonly macs: number;
  /** Floating point operations: 2 MACs plus elementwise operations. */
  readonly flops: number;
  /** The cost by the summary's convention; these add up to `count`. */
  readonly count: number;
  /** Bytes of its output for one image; these add up to `bytes.activations`. */
  readonly activations: number;
  /** Height and width of what its output sees of the network's input; not when that is a vector. */
  readonly receptiveField?: Pair;
}

/** Sizes in bytes, as float32. */
export interface Sizes {
  /** All parameters, running statistics included. */
  readonly parameters: number;
  /** The outputs of all layers and merges for one image. */
  readonly activations: number;
  /** One image. */
  readonly input: number;
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
  /** Whose way of counting `count` follows. */
  readonly convention: ConventionName;
  /** The cost for one image by the convention. */
  readonly count: number;
  /** Sizes in bytes. */
  readonly bytes: Sizes;
  /** What a step of training takes, when it was asked for. */
  readonly training?: TrainingNeeds;
  /** Every layer and merge in the order of computation. */
  readonly layers: readonly LayerSummary[];
}

/** What a summary may tell beyond the network itself. */
export interface SummarizeOptions {
  /** Whose way of counting `count` follows; netfold's FLOPs by default. */
  readonly convention?: ConventionName;
  /** What a step of training takes, from `trainingNeeds`; left out by default. */
  readonly training?: TrainingNeeds;
}

const SUMMARIZED = { convention: "netfold", training: undefined } as const;

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
 * assertEquals(layers[0]?.kernel, "3x3");
 * ```
 */
export function summarize(
  plan: Plan,
  net = "network",
  options: SummarizeOptions = {},
): Summary {
  const { convention, training } = optionsOf(options, SUMMARIZED);
  expected(net, TEXT, "net");
  const fields = receptiveFields(plan);
  const { count } = conventionOf(convention);
  const layers = leaves(plan).map((leaf) => summarizeLeaf(leaf, count(leaf), fields));
  const counts = params(plan);
  return {
    net,
    input: plan.input,
    output: plan.output,
    params: counts,
    ...cost(plan),
    depth: depth(plan),
    convention,
    count: sumOf(layers, ({ count }) => count),
    bytes: {
      parameters: NUMBER_BYTES * counts.total,
      activations: sumOf(layers, ({ activations }) => activations),
      input: bytesOf(plan.input),
    },
    ...defined({ training }),
    layers,
  };
}

function summarizeLeaf(leaf: Leaf, count: number, fields: ReadonlyMap<string, Pair>): LayerSummary {
  const { path, input, output } = leaf;
  const { total, trainable } = countParameters(parametersAt(leaf));
  const layer = leaf.kind === "layer" ? leaf.layer.type : leaf.merge;
  return {
    path,
    ...defined({ home: homeOf(leaf) }),
    layer,
    input,
    output,
    ...defined({ kernel: kernelText(leaf) }),
    params: total,
    trainable,
    ...leaf.cost,
    count,
    activations: bytesOf(output),
    ...defined({ receptiveField: fields.get(path) }),
  };
}

function homeOf(leaf: Leaf): string | undefined {
  return leaf.kind === "layer" ? leaf.home : undefined;
}

/** What adds up over the parts of a network. */
interface Totals {
  /** The sum of its parameters. */
  readonly params: ParameterCounts;
  readonly cost: Cost;
  /** The sum of its counts by the convention. */
  readonly count: number;
  /** The sum of the bytes of its outputs for one image. */
  readonly activations: number;
}

const TOTALS: Monoid<Totals> = /* @__PURE__ */ struct({
  params: COUNTS,
  cost: COST,
  count: SUM,
  activations: SUM,
});

/** A part of the network in the tree of its names. */
export interface SummaryNode extends Totals {
  /** The last segment of its path. */
  readonly name: string;
  /** Its path. */
  readonly path: string;
  /** The path of the part whose parameters it shares, which are counted there. */
  readonly home?: string;
  /** The layer's type, the merge's name, or nothing for a group. */
  readonly layer: string;
  /** The shape that goes in. */
  readonly input: Shape;
  /** The shape that comes out. */
  readonly output: Shape;
  /** The layer or merge that gives its output; nothing gives that of an empty group. */
  readonly end: Leaf | undefined;
  readonly children: readonly SummaryNode[];
}

/** The tree of a network's names: groups with their subtotals, layers at its leaves. */
export function summaryTree(
  plan: Plan,
  convention: ConventionName = "netfold",
): readonly SummaryNode[] {
  const { count } = conventionOf(convention);
  const nodeOf = (leaf: Leaf): SummaryNode => ({
    name: lastOf(leaf.path),
    path: leaf.path,
    ...defined({ home: homeOf(leaf) }),
    layer: leaf.kind === "layer" ? leaf.layer.type : leaf.merge,
    input: leaf.input,
    output: leaf.output,
    end: leaf,
    params: countParameters(parametersAt(leaf)),
    cost: leaf.cost,
    count: count(leaf),
    activations: bytesOf(leaf.output),
    children: [],
  });
  return foldPlan<readonly SummaryNode[]>(plan, {
    layer: (leaf) => [nodeOf(leaf)],
    chain: (parts) => parts.flat(),
    fork: (branches, fork) => [...branches.flat(), nodeOf(fork)],
    named: (children, { path, home, input, output, body }) =>
      body.kind === "layer"
        ? children
        : [groupOf({ path, ...defined({ home }), input, output, children })],
  });
}

/** A group of parts, or with an empty path the whole network: the sums of what it holds. */
export function groupOf(
  group: Pick<SummaryNode, "path" | "home" | "input" | "output" | "children">,
): SummaryNode {
  const { path, children } = group;
  const end = children.at(-1)?.end;
  return { name: lastOf(path), layer: "", ...group, ...concatAll(TOTALS)(children), end };
}
