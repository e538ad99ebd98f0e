/**
 * Every layer as PyTorch has it: what its constructor makes, if anything, and
 * what its forward pass does with a value. Both switches are exhaustive, a
 * layer or a merge that is missing here does not compile.
 *
 * Maps are NCHW in PyTorch. Padding that is the same on both sides is the
 * layer's own; any other is written out as (top, bottom, left, right).
 */
import { convRule } from "../../../layers/conv.ts";
import { geometryOf, type Pool } from "../../../layers/_pool.ts";
import type { Padding, Pair } from "../../graph/op.ts";
import type { Merge } from "../../net/net.ts";
import type { LayerPlan } from "../../plan/plan.ts";
import { channelsOf } from "../../net/shape.ts";
import { type Call, flag, type Hole, pair, type Value } from "./template.ts";

/** A helper of the emitted module, which holds only those that it needs. */
export type Helper =
  | "Conv2d"
  | "BatchNorm"
  | "Linear"
  | "MaxPool2d"
  | "AveragePool2d"
  | "resize"
  | "l2_normalize"
  | "standardize";

/** What the constructor makes for a layer, or nothing when a function is enough. */
export function makingOf(plan: LayerPlan): Call | undefined {
  const { layer, input, output } = plan;
  switch (layer.type) {
    case "conv":
      return {
        callee: "Conv2d",
        holes: [
          width(channelsOf(input)),
          width(channelsOf(output)),
          { kind: "kernel", value: pair(layer.kernel) },
          keyword("stride", pair(layer.stride), 1),
          keyword("padding", convPadding(plan, layer), 0),
          keyword("dilation", pair(layer.dilation), 1),
          keyword("groups", layer.groups, 1),
          keyword("bias", flag(layer.bias), "False"),
          ...initializerOf(layer.initializer),
          ...frozenOf(plan),
        ],
      };
    case "dense":
      return {
        callee: "Linear",
        holes: [
          width(channelsOf(input)),
          width(channelsOf(output)),
          keyword("bias", flag(layer.bias), "True"),
          ...initializerOf(layer.initializer),
          ...frozenOf(plan),
        ],
      };
    case "batch_norm":
      return {
        callee: "BatchNorm",
        holes: [
          width(channelsOf(input)),
          keyword("epsilon", layer.epsilon, 1e-5),
          keyword("keep", layer.momentum, 0.9),
          keyword("scale", flag(layer.scale), "True"),
          keyword("shift", flag(layer.shift), "True"),
          ...frozenOf(plan),
        ],
      };
    case "max_pool":
      return poolOf(layer, plan, { plain: "nn.MaxPool2d", own: "MaxPool2d" });
    case "average_pool":
      return poolOf(layer, plan, { plain: "nn.AvgPool2d", own: "AveragePool2d" });
    case "dropout":
      return { callee: "nn.Dropout", holes: [{ kind: "rate", value: layer.rate }] };
    case "flatten":
    case "global_average_pool":
    case "l2_normalize":
    case "relu":
    case "resize":
    case "scale":
    case "sigmoid":
    case "softmax":
    case "standardize":
      return undefined;
  }
}

/** What the forward pass does: `own` calls what the constructor made, `x` is the value. */
export function applied({ layer, input }: LayerPlan, own: string, x: string): string {
  switch (layer.type) {
    case "conv":
    case "dense":
    case "batch_norm":
    case "max_pool":
    case "average_pool":
    case "dropout":
      return `${own}(${x})`;
    case "flatten":
      return input.length === 3 ? `${x}.permute(0, 2, 3, 1).flatten(1)` : x;
    case "global_average_pool":
      return `${x}.mean((2, 3))`;
    case "l2_normalize":
      return `l2_normalize(${x}, ${layer.epsilon})`;
    case "relu":
      return `F.relu(${x})`;
    case "resize":
      return `resize(${x}, (${layer.size.join(", ")}))`;
    case "scale":
      return `${layer.by} * ${x}`;
    case "sigmoid":
      return `torch.sigmoid(${x})`;
    case "softmax":
      return `torch.softmax(${x}, 1)`;
    case "standardize":
      return `standardize(${x}, ${layer.epsilon})`;
  }
}

/** What a merge does with its branches. */
export function merged(merge: Merge, branches: readonly string[]): string {
  const [first = "", second = ""] = branches;
  switch (merge) {
    case "add":
      return branches.join(" + ");
    case "multiply":
      return branches.join(" * ");
    case "concat":
      return `torch.cat((${branches.join(", ")}${branches.length === 1 ? "," : ""}), 1)`;
    case "attend":
      return `(1 + ${second}) * ${first}`;
    case "gate":
      return `${second} * ${first}`;
    case "match":
      return `resize(${second}, ${first}.shape[2:])`;
  }
}

/** The helper that a name in the emitted code stands for. */
const HELPERS: readonly Helper[] = [
  "Conv2d",
  "BatchNorm",
  "Linear",
  "MaxPool2d",
  "AveragePool2d",
  "resize",
  "l2_normalize",
  "standardize",
];

/** The helpers that a text calls. */
export function helpersIn(text: string): ReadonlySet<Helper> {
  return new Set(HELPERS.filter((name) => new RegExp(`(^|[^\\w.])${name}\\(`).test(text)));
}

function width(value: number): Hole {
  return { kind: "width", value };
}

function keyword(kind: string, value: Value, otherwise: Value): Hole {
  return { kind, keyword: kind, value, otherwise };
}

function initializerOf(initializer: string): readonly Hole[] {
  return [keyword("initializer", `"${initializer}"`, '"he-normal"')];
}

function frozenOf({ frozen }: LayerPlan): readonly Hole[] {
  return [keyword("frozen", flag(frozen), "False")];
}

/** Padding in pixels: a number or a pair when both sides have it, else all four sides. */
function sides([top, bottom, left, right]: Padding): Value {
  return top === bottom && left === right
    ? pair([top, left])
    : `(${top}, ${bottom}, ${left}, ${right})`;
}

function convPadding({ input, output }: LayerPlan, layer: Parameters<typeof convRule.sight>[0]) {
  const sight = convRule.sight(layer, input, output);
  if (sight.sees !== "window") throw new TypeError("A convolution sees through a window");
  return sides(sight.padding);
}

/**
 * A pool is PyTorch's own when its padding is the same on both sides and no
 * more than half a window, which is all that PyTorch takes; ceil mode means the
 * same in both. Average pools leave pixels outside the map out of the mean.
 */
function poolOf(
  layer: Pool,
  { input }: LayerPlan,
  { plain, own }: { readonly plain: string; readonly own: string },
): Call {
  const { window, stride } = layer;
  const common: readonly Hole[] = [
    { kind: "window", value: pair(window) },
    { kind: "stride", value: pair(stride) },
  ];
  const padding = layer.ceil ? beforeCeil(layer) : geometryOf(layer, input).padding;
  if (padding === undefined || !isPlain(padding, window)) {
    const { padding: resolved } = geometryOf(layer, input);
    const border = `(${resolved.join(", ")})`;
    return { callee: own, holes: [...common, { kind: "border", value: border }] };
  }
  const [top, , left] = padding;
  const average = plain === "nn.AvgPool2d" && top + left > 0;
  return {
    callee: plain,
    holes: [
      ...common,
      keyword("padding", pair([top, left]), 0),
      keyword("ceil_mode", flag(layer.ceil && layer.padding !== "same"), "False"),
      ...(average ? [keyword("count_include_pad", "False", "True")] : []),
    ],
  };
}

/** The padding that ceil mode begins with; what it adds is PyTorch's to find. */
function beforeCeil({ padding }: Pool): Padding | undefined {
  if (padding === "valid") return [0, 0, 0, 0];
  return padding === "same" ? undefined : padding;
}

function isPlain([top, bottom, left, right]: Padding, [height, width]: Pair): boolean {
  return top === bottom && left === right && 2 * top <= height && 2 * left <= width;
}
