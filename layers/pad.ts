/** A border around maps: of one number, or of the map itself, mirrored at its edge. */
import { given, optionsOf } from "../dsl/problem/expect.ts";
import { finite, padding as paddingField, wordField } from "../dsl/plan/fields.ts";
import type { Field } from "../dsl/plan/configuration.ts";
import type { Fault } from "../dsl/plan/fault.ts";
import type { GraphBuilder } from "../dsl/graph/builder.ts";
import type { ValueId } from "../dsl/graph/graph.ts";
import type { Padding } from "../dsl/graph/op.ts";
import type { FullLayerRule } from "../dsl/plan/rule.ts";
import { UNCOUNTED } from "../dsl/plan/facets.ts";
import { layer, type Net } from "../dsl/net/net.ts";
import { type Shape, showShape, sizeOf } from "../dsl/net/shape.ts";
import { joinedSlices } from "./_slices.ts";
import { mapFault } from "./window.ts";

/** A padding's configuration. */
export interface Pad {
  /** The tag. */
  readonly type: "pad";
  /** Pixels on the top, the bottom, the left and the right. */
  readonly sides: Padding;
  /** What is there: a number, or the map mirrored without its edge. */
  readonly mode: "constant" | "reflect";
  /** The number. */
  readonly value: number;
}

/** Options of {@link pad}. */
export interface PadOptions {
  /** `"constant"` by default, a number; `"reflect"` is the map mirrored without its edge. */
  readonly mode?: "constant" | "reflect";
  /** The number; 0 by default. */
  readonly value?: number;
}

const SIDES: Field<Padding> = {
  wanted: "[top, bottom, left, right], whole numbers",
  is: (value): value is Padding => typeof value !== "string" && paddingField.is(value),
};

/**
 * Puts a border around maps, of `sides` pixels each, or of top, bottom, left and right.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { pad } from "@netfold/netfold/layers";
 *
 * assertEquals(orThrow(plan(pad([0, 1, 2, 2], { mode: "reflect" }), [8, 8, 3])).output, [9, 12, 3]);
 * ```
 */
export function pad(sides: number | Padding, options: PadOptions = {}): Net {
  const own = given(sides, "pixels on each side", "pad");
  return layer({
    type: "pad",
    sides: typeof own === "number" ? [own, own, own, own] : own,
    ...optionsOf(options, { mode: "constant", value: 0 }, "pad"),
  });
}

/** A mirror shows no more than the map has beside its edge. */
function mirrorFaults({ sides, mode }: Pad, input: Shape): readonly Fault[] {
  const [top, bottom, left, right] = sides;
  const [height = NaN, width = NaN] = input;
  const fits = !(Math.max(top, bottom) >= height) && !(Math.max(left, right) >= width);
  return mode === "constant" || fits ? [] : [{
    code: "mirror-too-small",
    rule: "a mirrored border must be narrower than the map",
    got: `a border of ${sides.join(", ")} around ${showShape([height, width])}`,
    wanted: "fewer pixels on each side than the map has along it",
    hint: 'use a narrower border, or mode: "constant"',
  }];
}

/** The places of an axis with a mirror before and after it. */
function mirrored(size: number, before: number, after: number): readonly number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const place = Math.abs(i - before);
    return place < size ? place : 2 * (size - 1) - place;
  });
}

/** The number around a map, and zero where the map is. */
function frame(
  graph: GraphBuilder,
  { sides, value }: Pad,
  [height = 0, width = 0]: Shape,
): ValueId {
  const [top, bottom, left, right] = sides;
  const block = (number: number, rows: number, columns: number): readonly ValueId[] =>
    rows > 0 && columns > 0 ? [graph.constant(number, [1, rows, columns, 1])] : [];
  const joined = (axis: number, [first = NaN, ...others]: readonly ValueId[]): ValueId =>
    others.length === 0 ? first : graph.apply({ op: "concat", axis }, [first, ...others]);
  const middle = joined(2, [
    ...block(value, height, left),
    ...block(0, height, width),
    ...block(value, height, right),
  ]);
  const columns = left + width + right;
  return joined(1, [...block(value, top, columns), middle, ...block(value, bottom, columns)]);
}

/** The meaning of {@link Pad}. */
export const padRule: FullLayerRule<Pad> = {
  type: "pad",
  label: "pad",
  fields: { sides: SIDES, mode: wordField("constant", "reflect"), value: finite },
  shape: (layer, input) => {
    if (input.length !== 3) return { output: [NaN, NaN, NaN], faults: [mapFault(input)] };
    const [height = NaN, width = NaN, channels = NaN] = input;
    const [top, bottom, left, right] = layer.sides;
    const output = [top + height + bottom, left + width + right, channels];
    return { output, faults: mirrorFaults(layer, input) };
  },
  cost: ({ mode, value }, _, output) => ({
    macs: 0,
    flops: mode === "constant" && value !== 0 ? sizeOf(output) : 0,
  }),
  elsewhere: () => UNCOUNTED,
  sight: () => ({ sees: "position" }),
  lower: (layer, { graph, input, inputShape }) => {
    const [top, bottom, left, right] = layer.sides;
    const [height = 0, width = 0] = inputShape;
    if (layer.mode === "reflect") {
      const tall = joinedSlices(graph, input, 1, mirrored(height, top, bottom));
      return joinedSlices(graph, tall, 2, mirrored(width, left, right));
    }
    const tall = graph.apply({ op: "pad", axis: 1, before: top, after: bottom }, [input]);
    const padded = graph.apply({ op: "pad", axis: 2, before: left, after: right }, [tall]);
    if (layer.value === 0) return padded;
    const shape = graph.shapeOf(padded);
    const around = frame(graph, layer, inputShape);
    return graph.apply({ op: "add" }, [
      padded,
      graph.apply({ op: "broadcast", shape }, [around]),
    ]);
  },
  drawing: ({ sides, mode }) => ({ kind: "other", words: `pad ${sides.join(", ")}, ${mode}` }),
  torch: ({ sides: [top, bottom, left, right], mode, value }) => {
    const sides = `(${left}, ${right}, ${top}, ${bottom})`;
    const how = mode === "reflect" ? ', mode="reflect"' : value === 0 ? "" : `, value=${value}`;
    return { applies: (_, x) => `F.pad(${x}, ${sides}${how})` };
  },
};
