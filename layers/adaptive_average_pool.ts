/**
 * Average pooling to a size that is given, whatever the map's: output `i` of `n` is the mean of the
 * rows from floor(i h / n) to below ceil((i + 1) h / n), as in PyTorch's `AdaptiveAvgPool2d`.
 */
import { given } from "../dsl/problem/expect.ts";
import { pair } from "../dsl/plan/fields.ts";
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { Pair } from "../dsl/graph/op.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { times, UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { channelsOf, type Shape, sizeOf } from "../dsl/net/shape.ts";
import { both } from "./conv.ts";
import { gcd } from "./_gcd.ts";
import { mapFault } from "./window.ts";

/** An adaptive average pool's configuration. */
export interface AdaptiveAveragePool {
  /** The tag. */
  readonly type: "adaptive_average_pool";
  /** Output height and width. */
  readonly size: Pair;
}

/**
 * The means of a grid of `size` bins that cover the map.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { adaptiveAveragePool } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(adaptiveAveragePool(7), [13, 16, 64])).output, [7, 7, 64]);
 * ```
 */
export function adaptiveAveragePool(size: number | Pair): Net {
  return layer({
    type: "adaptive_average_pool",
    size: both(given(size, "a size", "adaptiveAveragePool")),
  });
}

/** A bin's first row (or column), and how many it has. */
type Bin = readonly [start: number, size: number];

function binsOf(input: number, output: number): readonly Bin[] {
  return Array.from({ length: output }, (_, i): Bin => {
    const start = Math.floor(i * input / output);
    return [start, Math.ceil((i + 1) * input / output) - start];
  });
}

/** How many rows (or columns) the bins have together: one in which a border lies is in two of them. */
function taken(input: number, output: number): number {
  return input + output - gcd(input, output);
}

/** The rows (or columns) of the longest bin. */
function longest(input: number, output: number): number {
  return Math.ceil((input + output - gcd(input, output)) / output);
}

/** Whether all bins are alike and side by side, so that they are the windows of one pool. */
function areWindows({ size }: AdaptiveAveragePool, input: Shape): boolean {
  return size.every((side, axis) => (input[axis] ?? NaN) % side === 0);
}

/** The means of bins along one axis. */
function pooled(graph: GraphBuilder, x: ValueId, axis: 1 | 2, bins: readonly Bin[]): ValueId {
  const means = bins.map(([start, size]) => {
    const part = graph.apply({ op: "slice", axis, start, size }, [x]);
    const window: Pair = axis === 1 ? [size, 1] : [1, size];
    const pool = { op: "averagePool", window, stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    return graph.apply(pool, [part]);
  });
  const [first = x, ...others] = means;
  return graph.apply({ op: "concat", axis }, [first, ...others]);
}

/** The meaning of {@link AdaptiveAveragePool}. */
export const adaptiveAveragePoolRule: FullLayerRule<AdaptiveAveragePool> = {
  type: "adaptive_average_pool",
  label: "adaptivepool",
  fields: { size: pair },
  shape: ({ size }, input) =>
    input.length === 3
      ? { output: [...size, channelsOf(input)], faults: [] }
      : { output: [...size, NaN], faults: [mapFault(input)] },
  cost: (layer, input) => {
    if (areWindows(layer, input)) return { macs: 0, flops: sizeOf(input) };
    const [height = 0, width = 0, channels = 0] = input;
    const [rows, columns] = layer.size;
    const down = taken(height, rows) * width;
    const across = rows * taken(width, columns);
    return { macs: 0, flops: (down + across) * channels };
  },
  elsewhere: (_, input) => ({ ...UNCOUNTED, fvcore: sizeOf(input) }),
  // Bins that are not alike lie less than a pixel from their places.
  sight: ({ size: [rows, columns] }, [height = NaN, width = NaN]) => ({
    sees: "window",
    kernel: [longest(height, rows), longest(width, columns)],
    stride: [height / rows, width / columns],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
  }),
  lower: (layer, { graph, input, inputShape }) => {
    const [height = 0, width = 0] = inputShape;
    const [rows, columns] = layer.size;
    if (areWindows(layer, inputShape)) {
      const window: Pair = [height / rows, width / columns];
      if (window.every((side) => side === 1)) return input;
      const pool = { op: "averagePool", window, stride: window, padding: [0, 0, 0, 0] } as const;
      return graph.apply(pool, [input]);
    }
    const down = pooled(graph, input, 1, binsOf(height, rows));
    return pooled(graph, down, 2, binsOf(width, columns));
  },
  drawing: ({ size }) => ({ kind: "pool", words: `average pool to ${times(size)}` }),
  torch: ({ size }) => ({
    applies: (_, x) => `F.adaptive_avg_pool2d(${x}, (${size.join(", ")}))`,
  }),
};
