/**
 * A learnt factor for each channel, small at first, so that a deep network begins near the identity
 * (Touvron et al., Going deeper with image transformers, 2021).
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { finite } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf } from "../dsl/net/shape.ts";
import { flag as torchFlag, keyword, width as torchWidth } from "./_torch.ts";

/** A layer scale's configuration. */
export interface LayerScale {
  /** The tag. */
  readonly type: "layer_scale";
  /** What every factor starts at. */
  readonly start: number;
}

/**
 * Multiplies each channel by a learnt gamma, which starts at 1e-6 by default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { layerScale } from "@netfold/netfold/layers";
 *
 * assertEquals(params(orThrow(plan(layerScale(), [8, 8, 64]))).trainable, 64);
 * ```
 */
export function layerScale(options: { readonly start?: number } = {}): Net {
  return layer({ type: "layer_scale", ...optionsOf(options, { start: 1e-6 }, "layerScale") });
}

/** The meaning of {@link LayerScale}. */
export const layerScaleRule: FullLayerRule<LayerScale> = {
  ...pointwise(1),
  type: "layer_scale",
  label: "layerscale",
  // torchinfo counts a parameter once, whatever the map.
  elsewhere: (_, input) => ({ ...UNCOUNTED, torchinfo: channelsOf(input) }),
  fields: { start: finite },
  parameters: ({ start }, input) => [{
    name: "gamma",
    shape: [channelsOf(input)],
    role: "scale",
    initializer: start,
    fanIn: 1,
    fanOut: 1,
  }],
  lower: (_, { graph, input, parameter }) =>
    graph.apply({ op: "multiply" }, [input, parameter("gamma")]),
  drawing: () => ({ kind: "normalization", name: "layer scale" }),
  torch: ({ start }, place) => ({
    makes: {
      callee: "LayerScale",
      holes: [
        torchWidth(channelsOf(place.input)),
        { kind: "start", value: start },
        keyword("of_maps", torchFlag(place.input.length === 3), "True"),
      ],
    },
    applies: (own, x) => `${own}(${x})`,
  }),
};
