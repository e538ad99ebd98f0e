/**
 * A number for each position, `HxWx1`, and one for each channel, `[C]` or `1x1xC`, added to a map of
 * both, `HxWxC` (Park et al., BAM, 2018): repeated by name, never by accident.
 */
import { channelsOf, type Shape, showShape, sizeOf } from "../../dsl/net/shape.ts";
import type { ValueId } from "../../dsl/graph/graph.ts";
import type { Fault } from "../../dsl/plan/fault.ts";
import { type AnyMergeRule, mergeRule } from "../../dsl/plan/merge_rule.ts";

/** The meaning of `spread`. */
export const spreadRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "spread",
  branches: "two",
  sign: "+",
  shape: ([positions = [], channels = []]) => ({
    output: [positions[0] ?? NaN, positions[1] ?? NaN, channelsOf(channels)],
    faults: misfits(positions, channels),
  }),
  cost: (_, output) => ({ macs: 0, flops: sizeOf(output) }),
  lower: (graph, [positions = NaN, channels = NaN]) => {
    const [batch = NaN, height = NaN, width = NaN] = graph.shapeOf(positions);
    const count = channelsOf(graph.shapeOf(channels));
    const standing = graph.apply({ op: "reshape", shape: [batch, 1, 1, count] }, [channels]);
    const shape = [batch, height, width, count];
    const spread = (value: ValueId): ValueId => graph.apply({ op: "broadcast", shape }, [value]);
    return graph.apply({ op: "add" }, [spread(positions), spread(standing)]);
  },
  torch: {
    binds: "sum",
    applies: ([positions, channels], [, shape]) =>
      `${positions} + ${shape?.length === 1 ? `per_channel(${channels})` : channels}`,
  },
});

function misfits(positions: Shape, channels: Shape): readonly Fault[] {
  const isOfPositions = positions.length === 3 && !(channelsOf(positions) !== 1);
  const [height = NaN, width = NaN] = channels;
  const isOfChannels = channels.length === 1 ||
    (channels.length === 3 && !(height > 1) && !(width > 1));
  if (isOfPositions && isOfChannels) return [];
  return [{
    code: "shape-mismatch",
    rule: "numbers of positions and of channels are spread over a map",
    got: `${showShape(positions)} and ${showShape(channels)}`,
    wanted: "HxWx1 as the first branch, C or 1x1xC as the second",
    hint: isOfPositions
      ? "pool the second branch with globalAveragePool() or globalMaxPool()"
      : "bring the first branch to one channel with a 1x1 conv or channelPool()",
  }];
}
