/**
 * Channels that become pixels (Shi et al., sub-pixel convolution, 2016), in the order of PyTorch's
 * `PixelShuffle`: channel `(c b + y) b + x` is channel `c` of row `y` and column `x` of a block.
 */
import { given } from "../dsl/problem/expect.ts";
import { count } from "../dsl/plan/fields.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { mapFault } from "./window.ts";

/** A depth-to-space's configuration. */
export interface DepthToSpace {
  /** The tag. */
  readonly type: "depth_to_space";
  /** Rows and columns that a pixel becomes. */
  readonly block: number;
}

/**
 * Makes `block` x `block` pixels of every pixel, which share its channels among them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { depthToSpace } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(depthToSpace(2), [8, 8, 64])).output, [16, 16, 16]);
 * ```
 */
export function depthToSpace(block: number): Net {
  return layer({
    type: "depth_to_space",
    block: given(block, "the side of a block", "depthToSpace"),
  });
}

/** The meaning of {@link DepthToSpace}. */
export const depthToSpaceRule: FullLayerRule<DepthToSpace> = {
  type: "depth_to_space",
  label: "depthtospace",
  fields: { block: count },
  shape: ({ block }, input) => {
    if (input.length !== 3) return { output: [NaN, NaN, NaN], faults: [mapFault(input)] };
    const [height = NaN, width = NaN, channels = NaN] = input;
    const left = channels / block ** 2;
    const fits = Number.isNaN(left) || Number.isInteger(left);
    return {
      output: [height * block, width * block, fits ? left : NaN],
      faults: fits ? [] : [{
        code: "channels-do-not-divide",
        rule: "the pixels of a block must divide the channels",
        got: `${channels} channels for blocks of ${block}x${block}`,
        wanted: `a multiple of ${block ** 2} channels`,
        hint: `use ${Math.ceil(left) * block ** 2} channels before it, or a smaller block`,
      }],
    };
  },
  cost: () => ({ macs: 0, flops: 0 }),
  elsewhere: () => UNCOUNTED,
  // A new pixel sees the one that it was a part of.
  sight: ({ block }) => ({
    sees: "window",
    kernel: [1, 1],
    stride: [1 / block, 1 / block],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
  }),
  lower: ({ block }, { graph, input, inputShape, outputShape }) => {
    const [batch = 0] = graph.shapeOf(input);
    const [height = 0, width = 0] = inputShape;
    const [, columns = 0, channels = 0] = outputShape;
    // A block's columns come first, then its rows: what is last moves before what it belongs to.
    const moved = (value: ValueId, positions: number, numbers: number): ValueId => {
      const shape = [batch, positions, numbers, block];
      const apart = graph.apply({ op: "reshape", shape }, [value]);
      return graph.apply({ op: "transpose", axes: [0, 1, 3, 2] }, [apart]);
    };
    const wide = moved(input, height * width, channels * block);
    const tall = moved(wide, height, columns * channels);
    return graph.apply({ op: "reshape", shape: [batch, ...outputShape] }, [tall]);
  },
  drawing: ({ block }) => ({ kind: "resize", words: `depth to space ×${block}` }),
  torch: ({ block }) => ({ applies: (_, x) => `F.pixel_shuffle(${x}, ${block})` }),
};
