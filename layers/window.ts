/**
 * Geometry shared by everything that slides a window over a map: resolves
 * "same", "valid" and ceil mode to pixels, and finds the output's size.
 * "Same" is TensorFlow's: output = ceil(input / stride), the odd pixel of
 * padding goes to the bottom and the right.
 */
import type { Fault } from "../dsl/plan/fault.ts";
import type { PaddingRule } from "../dsl/plan/fields.ts";
import type { Padding, Pair } from "../dsl/graph/op.ts";
import { type Shape, showShape } from "../dsl/net/shape.ts";

/** A window before it meets a map. */
export interface Window {
  /** Height and width in taps. */
  readonly kernel: Pair;
  /** Step. */
  readonly stride: Pair;
  /** Distance between taps. */
  readonly dilation: Pair;
  /** The border rule. */
  readonly padding: PaddingRule;
  /** Whether a last window may hang over the border (Caffe's and PyTorch's ceil mode). */
  readonly ceil: boolean;
}

/** A window on a map. */
export interface Placement {
  /** Height and width of the output; NaN where unknown. */
  readonly size: Pair;
  /** Padding in pixels, with the overhang of ceil mode. */
  readonly padding: Padding;
  /** What does not fit. */
  readonly faults: readonly Fault[];
}

/** The code of the fault of a window that is larger than its map. */
export const TOO_LARGE = "window-too-large";

/** The fault of a layer that needs a map and got something else. */
export function mapFault(input: Shape): Fault {
  return {
    code: "map-needed",
    rule: "the layer works on maps",
    got: `a vector of ${showShape(input)}`,
    wanted: "height x width x channels",
    hint: "put it before flatten, global average pooling or dense layers",
  };
}

/** Places a window on a map of `height` x `width`. */
export function place(window: Window, height: number, width: number): Placement {
  const rows = axis(window, 0, height);
  const columns = axis(window, 1, width);
  if (![rows, columns].every(isExact)) {
    return {
      size: [NaN, NaN],
      padding: [0, 0, 0, 0],
      faults: [{
        code: "too-large",
        rule: "the window's size must be exact",
        got: `a window of ${showShape(window.kernel)}, dilation ${showShape(window.dilation)}`,
        wanted: "sizes of at most 2^53 pixels, padding included",
        hint: "use a smaller kernel, dilation, stride or padding",
      }],
    };
  }
  const fits = (side: Axis) => !(side.extent > side.room);
  const faults: Fault[] = fits(rows) && fits(columns) ? [] : [{
    code: TOO_LARGE,
    rule: "the kernel is larger than its map",
    got: `a window of ${rows.extent}x${columns.extent} on ${showShape([rows.room, columns.room])}` +
      (window.padding === "valid" ? "" : " (padding included)"),
    wanted: "a map at least as large as the window",
    hint: "use a smaller kernel or dilation, padding, or fewer strides before it",
  }];
  return {
    size: [rows.size, columns.size],
    padding: [rows.before, rows.after, columns.before, columns.after],
    faults,
  };
}

interface Axis {
  readonly size: number;
  readonly before: number;
  readonly after: number;
  readonly extent: number;
  readonly room: number;
}

/** Whether a side's sizes, as far as they are known, are whole numbers without rounding. */
function isExact(side: Axis): boolean {
  return Object.values(side).every((size) => !(Math.abs(size) > Number.MAX_SAFE_INTEGER));
}

function axis(window: Window, i: 0 | 1, input: number): Axis {
  const stride = window.stride[i];
  const extent = (window.kernel[i] - 1) * window.dilation[i] + 1;
  if (window.padding === "same") {
    const size = Math.ceil(input / stride);
    const total = Math.max((size - 1) * stride + extent - input, 0);
    const before = Math.floor(total / 2);
    return { size, before, after: total - before, extent, room: NaN };
  }
  const [before, end] = window.padding === "valid"
    ? [0, 0]
    : [window.padding[2 * i as 0 | 2], window.padding[2 * i + 1 as 1 | 3]];
  const room = input + before + end;
  if (!window.ceil) {
    const size = Math.floor((room - extent) / stride) + 1;
    return { size: size >= 1 ? size : NaN, before, after: end, extent, room };
  }
  const steps = Math.ceil((room - extent) / stride) + 1;
  const size = (steps - 1) * stride >= input + before ? steps - 1 : steps;
  const after = (size - 1) * stride + extent - input - before;
  return {
    size: size >= 1 ? size : NaN,
    before,
    after: Math.max(after, 0),
    extent,
    room: size >= 1 ? NaN : room,
  };
}
