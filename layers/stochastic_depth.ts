/**
 * Stochastic depth (Huang et al., 2016): in training the whole value of a sample is zeroed with
 * probability `rate`, which leaves a residual unit its shortcut alone, and the others are scaled up
 * by 1 / (1 - rate); inference leaves its input alone.
 */
import { given } from "../dsl/problem/expect.ts";
import { numberField } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { flag as torchFlag, keyword } from "./_torch.ts";

/** A stochastic depth's configuration. */
export interface StochasticDepth {
  /** The tag. */
  readonly type: "stochastic_depth";
  /** The share of samples that are zeroed, from 0 to below 1. */
  readonly rate: number;
}

/**
 * Zeroes a share `rate` of the samples of a batch while training; drawn anew for every step from
 * the run's seed. It stands at the end of a residual's body.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow, plan, residual } from "@netfold/netfold";
 * import { conv, stochasticDepth } from "@netfold/netfold/layers";
 *
 * const unit = residual(chain(conv("same", { kernel: 3 }), stochasticDepth(0.1)));
 * assertEquals(orThrow(plan(unit, [8, 8, 4])).output, [8, 8, 4]);
 * ```
 */
export function stochasticDepth(rate: number): Net {
  return layer({ type: "stochastic_depth", rate: given(rate, "a rate", "stochasticDepth") });
}

/** The meaning of {@link StochasticDepth}. */
export const stochasticDepthRule: FullLayerRule<StochasticDepth> = {
  ...pointwise(0),
  type: "stochastic_depth",
  label: "stochdepth",
  fields: { rate: numberField(0, 1) },
  lower: ({ rate }, site) => {
    const { graph, input } = site;
    const salt = site.salt();
    if (site.mode === "inference" || rate === 0) return input;
    const shape = graph.shapeOf(input);
    const each = shape.map((size, axis) => axis === 0 ? size : 1);
    const mask = graph.apply({ op: "dropoutMask", rate, salt, shape: each }, [site.seed()]);
    const repeated = graph.apply({ op: "broadcast", shape }, [mask]);
    return graph.apply({ op: "multiply" }, [input, repeated]);
  },
  drawing: () => ({ kind: "normalization", name: "stochastic depth" }),
  torch: ({ rate }, place) => ({
    makes: {
      callee: "StochasticDepth",
      holes: [
        { kind: "rate", value: rate },
        keyword("of_maps", torchFlag(place.input.length === 3), "True"),
      ],
    },
    applies: (own, x) => `${own}(${x})`,
  }),
};
