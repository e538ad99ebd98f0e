/**
 * The parametric rectifier (He et al., Delving deep into rectifiers, 2015): a leaky one whose slopes
 * are learnt, of each channel or of all together. They start at 0.25 and are not decayed.
 */
import { optionsOf } from "../dsl/problem/expect.ts";
import { flag } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type Shape } from "../dsl/net/shape.ts";
import { width as torchWidth } from "./_torch.ts";

/** A parametric rectifier's configuration. */
export interface Prelu {
  /** The tag. */
  readonly type: "prelu";
  /** Whether each channel has a slope of its own. */
  readonly channelwise: boolean;
}

/**
 * x where it is positive, `alpha` times x elsewhere, with an alpha for each channel; with
 * `channelwise: false` one for all of them. Counted as four operations per element.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, parametersOf, plan } from "@netfold/netfold";
 * import { prelu } from "@netfold/netfold/layers";
 *
 * const [alpha] = parametersOf(orThrow(plan(prelu(), [8, 8, 4])));
 * assertEquals([alpha?.path, alpha?.shape], ["prelu1.alpha", [4]]);
 * ```
 */
export function prelu(options: { readonly channelwise?: boolean } = {}): Net {
  return layer({ type: "prelu", ...optionsOf(options, { channelwise: true }, "prelu") });
}

const START = 0.25;

function slopes({ channelwise }: Prelu, input: Shape): number {
  return channelwise ? channelsOf(input) : 1;
}

/** The meaning of {@link Prelu}. */
export const preluRule: FullLayerRule<Prelu> = {
  ...pointwise(4),
  type: "prelu",
  label: "prelu",
  // torchinfo counts a parameter once, whatever the map.
  elsewhere: (layer, input) => ({ ...UNCOUNTED, torchinfo: slopes(layer, input) }),
  fields: { channelwise: flag },
  parameters: (layer, input) => [{
    name: "alpha",
    shape: [slopes(layer, input)],
    role: "scale",
    initializer: START,
    fanIn: 1,
    fanOut: 1,
  }],
  lower: ({ channelwise }, { graph, input, parameter }) => {
    const alpha = channelwise
      ? parameter("alpha")
      : graph.apply({ op: "reshape", shape: [] }, [parameter("alpha")]);
    const above = graph.apply({ op: "relu" }, [input]);
    const below = graph.apply({ op: "minimum" }, [input, graph.constant(0, [])]);
    return graph.apply({ op: "add" }, [above, graph.apply({ op: "multiply" }, [below, alpha])]);
  },
  drawing: () => ({ kind: "normalization", name: "PReLU" }),
  torch: (layer, place) => ({
    makes: {
      callee: "nn.PReLU",
      holes: [
        layer.channelwise ? torchWidth(channelsOf(place.input)) : { kind: "slopes", value: 1 },
      ],
    },
    applies: (own, x) => `${own}(${x})`,
  }),
};
