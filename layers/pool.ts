/** What maximum and average pooling share: their configuration, shape rule and geometry. */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import { flag, padding, type PaddingRule, pair } from "../dsl/plan/fields.ts";
import type { Padding, Pair, PoolGeometry } from "../dsl/graph/op.ts";
import { type Drawing, type TorchArgument, type TorchCode, UNCOUNTED } from "../dsl/plan/facets.ts";
import type { Fault } from "../dsl/plan/fault.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { channelsOf, type Shape, showShape, sizeOf } from "../dsl/net/shape.ts";
import { border, both } from "./conv.ts";
import { flag as torchFlag, keyword, pair as torchPair } from "./_torch.ts";
import { mapFault, place, type Placement } from "./window.ts";
import { windowWords } from "../dsl/plan/facets.ts";

/** A pooling window's configuration. */
export interface Pool {
  /** Height and width of the window. */
  readonly window: Pair;
  /** Step. */
  readonly stride: Pair;
  /** What surrounds the map. */
  readonly padding: PaddingRule;
  /** Whether a last window may hang over the border. */
  readonly ceil: boolean;
}

/** Options of pooling layers. */
export interface PoolOptions {
  /** Step; the window by default. */
  readonly stride?: number | Pair;
  /** `"valid"` by default; a number pads every side by it. */
  readonly padding?: PaddingRule | number;
  /** Whether a last window may hang over the border, as Caffe has it; not by default. */
  readonly ceil?: boolean;
}

/** The configuration that options mean, `of` a pool's function. */
export function poolOf(window: number | Pair, options: PoolOptions, of: string): Pool {
  const stride = given(window, "a window", of);
  const defaults = { stride, padding: "valid", ceil: false } as const;
  const { stride: step, padding, ceil } = optionsOf(options, defaults, of);
  return { window: both(window), stride: both(step), padding: border(padding), ceil };
}

function placed(layer: Pool, input: Shape): Placement {
  const dilation = [1, 1] as const;
  return place({ ...layer, kernel: layer.window, dilation }, input[0] ?? NaN, input[1] ?? NaN);
}

/** The geometry of a pool on a map that it fits. */
export function geometryOf(layer: Pool, input: Shape): PoolGeometry {
  return { window: layer.window, stride: layer.stride, padding: placed(layer, input).padding };
}

/** A window that lies in the border alone has no value to choose. */
function borderFaults({ window, padding }: Pool): readonly Fault[] {
  if (typeof padding === "string") return [];
  const [top, bottom, left, right] = padding;
  if (Math.max(top, bottom) < window[0] && Math.max(left, right) < window[1]) return [];
  return [{
    code: "window-outside",
    rule: "a window lies outside the map altogether",
    got: `padding of ${padding.join(", ")} around a window of ${showShape(window)}`,
    wanted: "less padding on each side than the window is long",
    hint: "use less padding or a larger window",
  }];
}

/** Everything but the lowering and the name; cost: the window's size per output element. */
export const poolRule: Pick<
  FullLayerRule<Pool & { readonly type: string }>,
  "fields" | "shape" | "cost" | "elsewhere" | "sight"
> = {
  fields: { window: pair, stride: pair, padding, ceil: flag },
  shape: (layer, input) => {
    if (input.length !== 3) {
      return { output: [NaN, NaN, NaN], faults: [mapFault(input)] };
    }
    const { size, faults } = placed(layer, input);
    return { output: [...size, channelsOf(input)], faults: [...borderFaults(layer), ...faults] };
  },
  cost: (layer, _, output) => ({ macs: 0, flops: sizeOf(output) * sizeOf(layer.window) }),
  elsewhere: () => UNCOUNTED,
  sight: (layer, input) => {
    const { window, ...geometry } = geometryOf(layer, input);
    return { sees: "window", kernel: window, dilation: [1, 1], groups: 1, ...geometry };
  },
};

/** How a diagram shows a pool. */
export function drawingOf(name: string, { window, stride }: Pool): Drawing {
  return { kind: "pool", name, words: `${name} ${windowWords(window, stride)}` };
}

/**
 * A pool is PyTorch's own when its padding is the same on both sides and no
 * more than half a window, which is all that PyTorch takes; ceil mode means the
 * same in both. Average pools leave pixels outside the map out of the mean. With
 * another border, `bordered` is its code.
 */
export function torchPool(
  layer: Pool,
  input: Shape,
  { callee, bordered }: {
    readonly callee: string;
    readonly bordered: (window: readonly TorchArgument[], border: Padding) => TorchCode;
  },
): TorchCode {
  const { window, stride } = layer;
  const common: readonly TorchArgument[] = [
    { kind: "window", value: torchPair(window) },
    { kind: "stride", value: torchPair(stride) },
  ];
  const resolved = geometryOf(layer, input).padding;
  const padding = layer.ceil ? beforeCeil(layer) : resolved;
  if (padding === undefined || !isPlain(padding, window)) return bordered(common, resolved);
  const [top, , left] = padding;
  const average = callee === "nn.AvgPool2d" && top + left > 0;
  return {
    applies: (own, x) => `${own}(${x})`,
    makes: {
      callee,
      holes: [
        ...common,
        keyword("padding", torchPair([top, left]), 0),
        keyword("ceil_mode", torchFlag(layer.ceil && layer.padding !== "same"), "False"),
        ...(average ? [keyword("count_include_pad", "False", "True")] : []),
      ],
    },
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
