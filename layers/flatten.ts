/** Flattening: a map becomes the vector of its numbers, row by row, channels last. */
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, sizeOf } from "../dsl/net/shape.ts";

/** A flattening's configuration. */
export interface Flatten {
  /** The tag. */
  readonly type: "flatten";
}

/**
 * A map as a vector; a vector stays as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { flatten } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(flatten(), [4, 4, 16])).output, [256]);
 * ```
 */
export function flatten(): Net {
  return layer({ type: "flatten" });
}

/** The meaning of {@link Flatten}. */
export const flattenRule: FullLayerRule<Flatten> = {
  type: "flatten",
  label: "flatten",
  fields: {},
  shape: (_, input) => ({ output: [sizeOf(input)], faults: [] }),
  cost: () => ({ macs: 0, flops: 0 }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "position" }),
  lower: (_, { graph, input, outputShape }) => {
    const [batch = 1] = graph.shapeOf(input);
    return graph.apply({ op: "reshape", shape: [batch, ...outputShape] }, [input]);
  },
  drawing: () => ({ kind: "other" }),
  torch: (_, { input }) => {
    if (input.length !== 3) return { tight: true, applies: (_, x) => x };
    const channels = channelsOf(input);
    // PyTorch goes channel by channel, which is the same where there is one, or one position.
    const isSame = channels === 1 || sizeOf(input) === channels;
    return isSame ? { tight: true, applies: (_, x) => `${x}.flatten(1)` } : {
      makes: { callee: "FlattenRows", holes: [] },
      applies: (own, x) => `${own}(${x})`,
    };
  },
};
