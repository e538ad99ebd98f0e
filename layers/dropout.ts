/**
 * Dropout (Srivastava et al., 2014), inverted: in training each element is
 * zeroed with probability `rate` and the others are scaled up by
 * 1 / (1 - rate); inference leaves its input alone.
 */
import { given } from "../dsl/problem/expect.ts";
import { numberField } from "../dsl/plan/fields.ts";
import { type FullLayerRule, pointwise } from "../dsl/plan/rule.ts";
import { layer, type Net } from "../dsl/net/net.ts";

/** A dropout's configuration. */
export interface Dropout {
  /** The tag. */
  readonly type: "dropout";
  /** The share of elements that are zeroed, from 0 to below 1. */
  readonly rate: number;
}

/**
 * Zeroes a share `rate` of the elements while training; drawn anew for every
 * step from the run's seed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { dropout } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(dropout(0.5), [256])).output, [256]);
 * ```
 */
export function dropout(rate: number): Net {
  return layer({ type: "dropout", rate: given(rate, "a rate", "dropout") });
}

/** The meaning of {@link Dropout}. */
export const dropoutRule: FullLayerRule<Dropout> = {
  ...pointwise(0),
  type: "dropout",
  label: "dropout",
  fields: { rate: numberField(0, 1) },
  lower: (layer, site) => {
    const { graph, input } = site;
    const salt = site.salt();
    if (site.mode === "inference" || layer.rate === 0) return input;
    const shape = graph.shapeOf(input);
    const mask = graph.apply({ op: "dropoutMask", rate: layer.rate, salt, shape }, [site.seed()]);
    return graph.apply({ op: "multiply" }, [input, mask]);
  },
  drawing: () => ({ kind: "normalization" }),
  torch: ({ rate }) => ({
    makes: { callee: "nn.Dropout", holes: [{ kind: "rate", value: rate }] },
    applies: (own, x) => `${own}(${x})`,
  }),
};
