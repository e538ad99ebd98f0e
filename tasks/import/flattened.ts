/**
 * Which number of a flattened map is which. netfold flattens a map row by row with the channels
 * innermost, PyTorch channel by channel, so what a network learns of a flattened map lies in another
 * order there: not in the first dense layer alone, but in norms on the way to it, in every branch
 * that sees the map, and where several vectors are joined.
 */
import type { ForkPlan, LayerPlan, Plan } from "../../dsl/plan/plan.ts";
import { type Shape, sizeOf } from "../../dsl/net/shape.ts";

/** PyTorch's place of each number of a vector; nothing where it is the same in both. */
type Order = Uint32Array | undefined;

/** What is known of what a part gives: an order, or that it cannot be known. */
type Known = Order | "unclear";

/** The parameters whose first axis lies in PyTorch's order of a flattened map. */
export interface Flattened {
  /** For each place of the axis, PyTorch's, by the parameters' names. */
  readonly orders: ReadonlyMap<string, Uint32Array>;
  /** The layers with parameters for which the order cannot be known, or that PyTorch lays out otherwise. */
  readonly unclear: readonly LayerPlan[];
}

/** Follows the orders of vectors through a network. */
export function flattenedOrders(planned: Plan): Flattened {
  const orders = new Map<string, Uint32Array>();
  const unclear: LayerPlan[] = [];
  const follow = (plan: Plan, order: Known): Known => {
    switch (plan.kind) {
      case "chain":
        return plan.parts.reduce<Known>((known, part) => follow(part, known), order);
      case "named":
        return follow(plan.body, order);
      case "fork":
        return merged(plan, plan.branches.map((branch) => follow(branch, order)));
      case "layer": {
        const isLearnt = plan.parameters.length > 0;
        if (isLearnt && (order === "unclear" || UNLIKE.has(plan.layer.type))) unclear.push(plan);
        if (isLearnt && order instanceof Uint32Array) {
          if (!keepsPlaces(plan) && plan.layer.type !== "dense") unclear.push(plan);
          for (const { name, shape } of plan.parameters) {
            if (shape[0] === order.length && !(plan.layer.type === "dense" && shape.length === 1)) {
              const place = plan.home ?? plan.path;
              orders.set(place === "" ? name : `${place}.${name}`, order);
            }
          }
        }
        return orderAfter(plan, order);
      }
      default:
        return plan satisfies never;
    }
  };
  follow(planned, undefined);
  return { orders, unclear };
}

/** Layers whose kernels PyTorch lays out in an order of its own. */
const UNLIKE: ReadonlySet<string> = new Set(["conv_transpose"]);

/** Layers to which every number of a vector is the same. */
const EVEN: ReadonlySet<string> = new Set([
  ...["batch_norm", "layer_norm", "layer_scale", "prelu", "dropout", "stochastic_depth", "softmax"],
  ...["relu", "relu6", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "hard_sigmoid"],
  ...["hard_swish", "scale", "l2_normalize", "standardize", "flatten"],
]);

function keepsPlaces({ layer, input, output }: LayerPlan): boolean {
  return EVEN.has(layer.type) && sizeOf(input) === sizeOf(output);
}

function orderAfter(plan: LayerPlan, order: Known): Known {
  const { layer, input } = plan;
  if (layer.type === "flatten" && input.length === 3) return flattening(input);
  if (order === undefined || layer.type === "dense") return undefined;
  return keepsPlaces(plan) ? order : "unclear";
}

/** Of a map of HxWxC, PyTorch's place of each number. */
function flattening([height = 1, width = 1, channels = 1]: Shape): Order {
  const pixels = height * width;
  if (pixels === 1 || channels === 1) return undefined;
  return Uint32Array.from(
    { length: pixels * channels },
    (_, i) => (i % channels) * pixels + Math.floor(i / channels),
  );
}

/** The order of what branches give together. */
function merged({ merge, branches, output }: ForkPlan, known: readonly Known[]): Known {
  if (known.every((one) => one === undefined)) return undefined;
  if (known.includes("unclear") || output.length !== 1) return "unclear";
  if (merge === "concat") {
    const joined = new Uint32Array(sizeOf(output));
    let at = 0;
    known.forEach((order, i) => {
      const size = sizeOf(branches[i]?.output ?? []);
      for (let j = 0; j < size; j++) {
        joined[at + j] = at + (order instanceof Uint32Array ? order[j] ?? NaN : j);
      }
      at += size;
    });
    return joined;
  }
  const [first] = known;
  return known.every((one) => `${one}` === `${first}`) ? first : "unclear";
}
