/** A fully connected layer on vectors. Kernels are IO: `[inputs, outputs]`. */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import { flag as torchFlag, keyword, startingWith, width as torchWidth } from "./_torch.ts";
import { flag, initializer, width } from "../dsl/plan/fields.ts";
import type { FullLayerRule, Initializer } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type LayerWidth, resolveWidth, showShape, sizeOf } from "../dsl/net/shape.ts";
import { widthFaults } from "./_width.ts";

/** A dense layer's configuration. */
export interface Dense {
  /** The tag. */
  readonly type: "dense";
  /** Output features. */
  readonly width: LayerWidth;
  /** Whether a bias is added. */
  readonly bias: boolean;
  /** How the kernel starts. */
  readonly initializer: Initializer;
}

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Whether a bias is added; by default it is. */
  readonly bias?: boolean;
  /** `"he-normal"` by default. */
  readonly initializer?: Initializer;
}

/**
 * A fully connected layer with `width` outputs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { dense } from "@netfold/netfold/layers";
 *
 * const counts = params(orThrow(plan(dense(1000), [2048])));
 * assertEquals(counts.weights, 2_049_000);
 * ```
 */
export function dense(width: LayerWidth, options: DenseOptions = {}): Net {
  const defaults = { bias: true, initializer: "he-normal" } as const;
  return layer({
    type: "dense",
    width: given(width, "a width", "dense"),
    ...optionsOf(options, defaults, "dense"),
  });
}

/** The meaning of {@link Dense}. */
export const denseRule: FullLayerRule<Dense> = {
  type: "dense",
  label: "dense",
  fields: { width, bias: flag, initializer },
  shape: (layer, input) => {
    const inputs = input.length === 1 ? channelsOf(input) : NaN;
    const output = resolveWidth(layer.width, inputs);
    const faults = widthFaults(layer.width, inputs);
    return {
      output: [Number.isInteger(output) ? output : NaN],
      faults: input.length === 1 ? faults : [{
        code: "vector-needed",
        rule: "a dense layer works on vectors",
        got: `a map of ${showShape(input)}`,
        wanted: "features without height and width",
        hint: "put globalAveragePool() or flatten() before it, or use a 1x1 conv",
      }, ...faults],
    };
  },
  parameters: (layer, input) => {
    const fanIn = channelsOf(input);
    const fanOut = resolveWidth(layer.width, fanIn);
    const fans = { fanIn, fanOut };
    const kernel = {
      name: "kernel",
      shape: [fanIn, fanOut],
      role: "kernel",
      initializer: layer.initializer,
      ...fans,
    } as const;
    return layer.bias
      ? [kernel, { name: "bias", shape: [fanOut], role: "bias", initializer: "zeros", ...fans }]
      : [kernel];
  },
  cost: (layer, input, output) => {
    const macs = channelsOf(input) * channelsOf(output);
    return { macs, flops: 2 * macs + (layer.bias ? sizeOf(output) : 0) };
  },
  elsewhere: (layer, input, output) => {
    const macs = channelsOf(input) * channelsOf(output);
    return { fvcore: macs, torchinfo: macs + (layer.bias ? channelsOf(output) : 0) };
  },
  sight: () => ({ sees: "map" }),
  lower: (layer, site) => {
    return site.graph.apply({ op: "matmul", transposeA: false, transposeB: false }, [
      site.input,
      site.parameter("kernel"),
      layer.bias ? site.parameter("bias") : undefined,
    ]);
  },
  drawing: (_, { output }) => ({ kind: "dense", words: `dense, ${channelsOf(output)}` }),
  torch: (layer, place) => ({
    makes: startingWith(layer.initializer, {
      callee: "nn.Linear",
      holes: [
        torchWidth(channelsOf(place.input)),
        torchWidth(channelsOf(place.output)),
        keyword("bias", torchFlag(layer.bias), "True"),
      ],
    }),
    applies: (own, x) => `${own}(${x})`,
  }),
};
