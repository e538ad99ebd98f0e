/** What maximum and average pooling share: their configuration, shape rule and geometry. */
import { flag, padding, type PaddingRule, pair } from "../dsl/plan/fields.ts";
import type { Pair, PoolGeometry } from "../dsl/graph/op.ts";
import { type Fault, type LayerRule, UNCOUNTED } from "../dsl/plan/rule.ts";
import { channelsOf, type Shape, showShape, sizeOf } from "../dsl/net/shape.ts";
import { border, both } from "./conv.ts";
import { mapFault, place, type Placement } from "./_window.ts";

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

/** The configuration that options mean. */
export function poolOf(window: number | Pair, options: PoolOptions): Pool {
  return {
    window: both(window),
    stride: both(options.stride ?? window),
    padding: border(options.padding ?? "valid"),
    ceil: options.ceil ?? false,
  };
}

function placed(layer: Pool, input: Shape): Placement {
  const dilation = [1, 1] as const;
  return place(
    { ...layer, kernel: layer.window, dilation },
    input[0] ?? NaN,
    input[1] ?? NaN,
  );
}

/** The geometry of a pool on a map that it fits. */
export function geometryOf(layer: Pool, input: Shape): PoolGeometry {
  return {
    window: layer.window,
    stride: layer.stride,
    padding: placed(layer, input).padding,
  };
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
  LayerRule<Pool & { readonly type: string }>,
  "fields" | "shape" | "parameters" | "cost" | "elsewhere" | "sight"
> = {
  fields: { window: pair, stride: pair, padding, ceil: flag },
  shape: (layer, input) => {
    if (input.length !== 3) {
      return { output: [NaN, NaN, NaN], faults: [mapFault(input)] };
    }
    const { size, faults } = placed(layer, input);
    return { output: [...size, channelsOf(input)], faults: [...borderFaults(layer), ...faults] };
  },
  parameters: () => [],
  cost: (layer, _, output) => ({
    macs: 0,
    flops: sizeOf(output) * sizeOf(layer.window),
  }),
  elsewhere: () => UNCOUNTED,
  sight: (layer, input) => {
    const { window, ...geometry } = geometryOf(layer, input);
    return { sees: "window", kernel: window, dilation: [1, 1], groups: 1, ...geometry };
  },
};
