/** Rows or columns of maps by their places, in any order and any number of times. */
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";

/** The rows (axis 1) or columns (axis 2) of a map at these places; neighbours are taken together. */
export function joinedSlices(
  graph: GraphBuilder,
  x: ValueId,
  axis: 1 | 2,
  places: readonly number[],
): ValueId {
  const runs: { readonly start: number; size: number }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.size === place) last.size++;
    else runs.push({ start: place, size: 1 });
  }
  const [first = x, ...others] = runs.map(({ start, size }) =>
    size === graph.shapeOf(x)[axis] ? x : graph.apply({ op: "slice", axis, start, size }, [x])
  );
  return others.length === 0 ? first : graph.apply({ op: "concat", axis }, [first, ...others]);
}

/** Values of one shape side by side: the first row (or column) of each, then the second of each. */
export function interleaved(
  graph: GraphBuilder,
  [first = NaN, ...others]: readonly ValueId[],
  axis: 1 | 2,
): ValueId {
  const shape = graph.shapeOf(first);
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const count = 1 + others.length;
  if (count === 1) return first;
  const apart = axis === 1
    ? [batch, height, 1, width * channels]
    : [batch, height * width, 1, channels];
  const stand = (x: ValueId): ValueId => graph.apply({ op: "reshape", shape: apart }, [x]);
  const joined = graph.apply({ op: "concat", axis: 2 }, [stand(first), ...others.map(stand)]);
  const size = axis === 1 ? height : width;
  return graph.apply({ op: "reshape", shape: shape.with(axis, size * count) }, [joined]);
}
