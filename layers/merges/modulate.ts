/**
 * A map times a mask that is repeated over it, by name and never by accident: a number for each
 * channel, `[C]` or `1x1xC` (squeeze-and-excitation: Hu, Shen and Sun, 2018), or for each position,
 * `HxWx1` (spatial attention: Woo et al., CBAM, 2018).
 */
import { agree, channelsOf, type Shape, showShape, sizeOf } from "../../dsl/net/shape.ts";
import type { Fault } from "../../dsl/plan/fault.ts";
import { type AnyMergeRule, mergeRule } from "../../dsl/plan/merge_rule.ts";

/** The meaning of `modulate`. */
export const modulateRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "modulate",
  branches: "two",
  attention: true,
  sign: "M × T",
  shape: ([map = [], mask = []]) => ({ output: map, faults: misfits(map, mask) }),
  cost: (_, output) => ({ macs: 0, flops: sizeOf(output) }),
  lower: (graph, [map = NaN, mask = NaN]) => {
    const shape = graph.shapeOf(map);
    const own = graph.shapeOf(mask);
    const [batch = NaN, channels = NaN] = own;
    const standing = own.length === 4
      ? mask
      : graph.apply({ op: "reshape", shape: [batch, 1, 1, channels] }, [mask]);
    const repeated = graph.apply({ op: "broadcast", shape }, [standing]);
    return graph.apply({ op: "multiply" }, [map, repeated]);
  },
  torch: {
    binds: "product",
    applies: ([map, mask], [, shape]) =>
      `${map} * ${shape?.length === 1 ? `per_channel(${mask})` : mask}`,
  },
});

function misfits(map: Shape, mask: Shape): readonly Fault[] {
  const channels = channelsOf(map);
  const [height = NaN, width = NaN] = map;
  const fitting = [[channels], [1, 1, channels], [height, width, 1]];
  if (map.length === 3 && fitting.some((shape) => agree(shape, mask))) return [];
  return [{
    code: "shape-mismatch",
    rule: "the mask does not fit the map that it modulates",
    got: `${showShape(map)} and ${showShape(mask)}`,
    wanted: map.length === 3
      ? `a mask of ${fitting.map(showShape).join(", ")}`
      : "a map as the first branch",
    hint: map.length !== 3
      ? 'multiply vectors with fork("multiply", ...)'
      : agree(map, mask)
      ? 'a mask of the map\'s own shape is applied by fork("gate", ...)'
      : "bring the mask to the map's channels with a dense layer or a 1x1 conv, or to one channel",
  }];
}
