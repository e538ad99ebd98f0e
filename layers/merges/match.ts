/**
 * The second branch resized, bilinearly with aligned corners, to the map of
 * the first, which gives nothing but its size.
 */
import { RESIZE_FLOPS } from "../../dsl/graph/op.ts";
import { channelsOf, type Shape, showShape, sizeOf } from "../../dsl/net/shape.ts";
import type { Fault } from "../../dsl/plan/fault.ts";
import { type AnyMergeRule, differ, mergeRule } from "../../dsl/plan/merge_rule.ts";
import { TOO_LARGE } from "../window.ts";
import { resizeElsewhere } from "../resize.ts";

/** The meaning of `match`. */
export const matchRule: AnyMergeRule = /* @__PURE__ */ mergeRule({
  merge: "match",
  label: "resize",
  branches: "two",
  sight: "resized second",
  sign: "interpolate",
  shape: (branches) => {
    const [first = [], second = []] = branches;
    return first.length === 3 && second.length === 3
      ? { output: [...first.slice(0, 2), channelsOf(second)], faults: [] }
      : { output: first, faults: [differ(branches, "maps on both sides", "keep vectors outside")] };
  },
  cost: (_, output) => ({ macs: 0, flops: RESIZE_FLOPS * sizeOf(output) }),
  elsewhere: resizeElsewhere,
  lower: (graph, [first = NaN, second = NaN]) => {
    const [, height = 0, width = 0] = graph.shapeOf(first);
    const [, h, w] = graph.shapeOf(second);
    return h === height && w === width
      ? second
      : graph.apply({ op: "resizeBilinear", size: [height, width] }, [second]);
  },
  // A pool that is too large for a map of a single row or column is an hourglass too deep.
  reword: ({ layer, code }, { input, level }) =>
    layer === "max_pool" && code === TOO_LARGE && Math.min(input[0] ?? NaN, input[1] ?? NaN) < 2
      ? tooDeep(input, level)
      : undefined,
  torch: { binds: "call", applies: ([map, body]) => `resize(${body}, ${map}.shape[2:])` },
});

function tooDeep(input: Shape, level: number): Fault {
  return {
    code: "hourglass-too-deep",
    rule: "the hourglass is deeper than its map allows",
    got: `a map of ${showShape(input)} left to shrink at level ${level}`,
    wanted: "a map of at least 2x2 before each level",
    hint: level > 1 ? `use depth ${level - 1} or less, or a larger input` : "use a larger input",
  };
}
