/**
 * Receptive fields: how many pixels of the input, in height and width, one
 * output of a layer can depend on. The field is the theoretical one: it is not
 * cut at the border of the image and tells nothing of how much a pixel counts.
 * Of branches that are merged it is the hull of all. Source: Araujo, Norris
 * and Sim, Computing receptive fields of convolutional neural networks
 * (Distill, 2019).
 *
 * Along an axis, output `i` depends on the pixels from `i jump + low` to `i
 * jump + high`, and besides, once something has looked at a whole map, on the
 * pixels from `fixedLow` to `fixedHigh`, whatever `i` is. A resizing shifts
 * these bounds by less than a step; the length is exact.
 */
import { foldPlan, judged, type Leaf } from "../../plan/fold.ts";
import type { Pair } from "../../graph/op.ts";
import type { Sight } from "../../plan/facets.ts";
import type { ForkPlan, Plan } from "../../plan/plan.ts";
import { sameShape, type Shape } from "../../net/shape.ts";

/** What the outputs depend on, along one axis. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly jump: number;
  readonly fixedLow: number;
  readonly fixedHigh: number;
}

/** What the outputs depend on. */
interface View {
  /** Height and width. */
  readonly axes: readonly [Axis, Axis];
  /** Of a vector: the height and width of the map whose positions its features are. */
  readonly spread: Pair;
}

/** A view, or nothing behind a layer whose rule does not say what it sees. */
type Reached = View | undefined;

const PIXEL: Axis = { low: 0, high: 0, jump: 1, fixedLow: Infinity, fixedHigh: -Infinity };

/**
 * The receptive field of every layer and merge of a network, height and width
 * in pixels, by path. Empty when the network's input is a vector; a layer whose
 * rule does not say what it sees has none, and neither has what follows it, nor a field whose
 * length is no exact number any more.
 *
 * @example The last pooling of VGG-16 would see 212 pixels; three 3x3 convolutions see 7
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan, receptiveFields, repeat } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(repeat(3, conv(8, { kernel: 3 })), [32, 32, 3]));
 * assertEquals(receptiveFields(planned).get("conv3"), [7, 7]);
 * ```
 */
export function receptiveFields(plan: Plan): ReadonlyMap<string, Pair> {
  const fields = new Map<string, Pair>();
  if (judged(plan).input.length !== 3) return fields;
  const note = ({ path }: Leaf, view: Reached): Reached => {
    if (view === undefined) return view;
    const field = [lengthOf(view.axes[0]), lengthOf(view.axes[1])] as const;
    if (field.every(Number.isSafeInteger)) fields.set(path, field);
    return view;
  };
  const look = foldPlan<(view: Reached) => Reached>(plan, {
    layer: (leaf) => {
      const sight = leaf.meaning.sight(leaf.input, leaf.output);
      return (view) => note(leaf, view && sight && through(view, sight, leaf));
    },
    chain: (parts) => (view) => parts.reduce((reached, part) => part(reached), view),
    fork: (branches, fork) => (view) => {
      const views = branches.map((branch) => branch(view));
      const known = views.filter((each) => each !== undefined);
      return note(fork, known.length < views.length ? undefined : merged(fork, known));
    },
  });
  look({ axes: [PIXEL, PIXEL], spread: [1, 1] });
  return fields;
}

function lengthOf({ low, high, fixedLow, fixedHigh }: Axis): number {
  // Resizing makes steps of a fraction of a pixel, whose sums are a hair off.
  return Math.ceil(Math.max(high - low, fixedHigh - fixedLow) + 1 - 1e-6);
}

function through(view: View, sight: Sight, { input, output }: Leaf): View {
  const each = (step: (axis: Axis, i: 0 | 1) => Axis): View["axes"] => [
    step(view.axes[0], 0),
    step(view.axes[1], 1),
  ];
  switch (sight.sees) {
    case "position":
      return isMap(input) && !isMap(output) ? { ...view, spread: sizeOfMap(input) } : view;
    case "map": {
      const extent = isMap(input) ? sizeOfMap(input) : view.spread;
      return { axes: each((axis, i) => whole(axis, extent[i])), spread: [1, 1] };
    }
    case "neighbours":
      return {
        ...view,
        axes: each((axis, i) => ({ ...between(axis), jump: axis.jump * sight.step[i] })),
      };
    case "window":
      return {
        ...view,
        axes: each((axis, i) => {
          const before = sight.padding[i === 0 ? 0 : 2];
          const last = (sight.kernel[i] - 1) * sight.dilation[i];
          return {
            ...axis,
            low: axis.low - before * axis.jump,
            high: axis.high + (last - before) * axis.jump,
            jump: axis.jump * sight.stride[i],
          };
        }),
      };
  }
}

function isMap(shape: Shape): boolean {
  return shape.length === 3;
}

function sizeOfMap([height = 1, width = 1]: Shape): Pair {
  return [height, width];
}

/** What depends on all `extent` positions: the same pixels for every output. */
function whole({ low, high, jump, fixedLow, fixedHigh }: Axis, extent: number): Axis {
  return {
    ...PIXEL,
    low: Math.min(low, fixedLow),
    high: Math.max(high + (extent - 1) * jump, fixedHigh),
    jump: 0,
  };
}

/** What lies between two positions. */
function between(axis: Axis): Axis {
  return { ...axis, low: axis.low - axis.jump / 2, high: axis.high + axis.jump / 2 };
}

function merged({ meaning, branches }: ForkPlan, views: readonly View[]): View {
  const [first, second] = views;
  if (meaning.sight === "resized second" && first !== undefined && second !== undefined) {
    const [map, body] = branches.map(({ output }) => sizeOfMap(output));
    const resized = !sameShape(map ?? [], body ?? []);
    const axis = (i: 0 | 1): Axis => ({
      ...resized ? between(second.axes[i]) : second.axes[i],
      jump: first.axes[i].jump,
    });
    return { ...second, axes: [axis(0), axis(1)] };
  }
  const spread = (i: 0 | 1) => views.reduce((most, view) => Math.max(most, view.spread[i]), 1);
  return {
    axes: [hull(views.map(({ axes }) => axes[0])), hull(views.map(({ axes }) => axes[1]))],
    spread: [spread(0), spread(1)],
  };
}

/** What depends on any of several: bounds that move with the output, and bounds that do not. */
function hull(axes: readonly Axis[]): Axis {
  const jump = axes.reduce((most, axis) => Math.max(most, axis.jump), 0);
  return axes.reduce<Axis>((all, axis) => {
    const fixedLow = Math.min(all.fixedLow, axis.fixedLow);
    const fixedHigh = Math.max(all.fixedHigh, axis.fixedHigh);
    return axis.jump === 0 && jump > 0
      ? {
        ...all,
        fixedLow: Math.min(fixedLow, axis.low),
        fixedHigh: Math.max(fixedHigh, axis.high),
      }
      : {
        jump,
        low: Math.min(all.low, axis.low),
        high: Math.max(all.high, axis.high),
        fixedLow,
        fixedHigh,
      };
  }, { jump, low: Infinity, high: -Infinity, fixedLow: Infinity, fixedHigh: -Infinity });
}
