/**
 * What layers' facets for PyTorch share. Maps are NCHW in PyTorch; padding that
 * is the same on both sides is the layer's own, any other is written out as
 * (top, bottom, left, right).
 */
import { pythonText } from "../dsl/problem/escape.ts";
import type { Padding } from "../dsl/graph/op.ts";
import type { TorchArgument, TorchValue } from "../dsl/plan/facets.ts";

/** A number of channels. */
export function width(value: number): TorchArgument {
  return { kind: "width", value };
}

/** An argument that is given by its name, and left out where it is what it would be anyway. */
export function keyword(kind: string, value: TorchValue, otherwise: TorchValue): TorchArgument {
  return { kind, keyword: kind, value, otherwise };
}

/** How a kernel starts. */
export function initializerOf(initializer: string): TorchArgument {
  return keyword("initializer", pythonText(initializer), '"he-normal"');
}

/** Whether training leaves a layer as it is. */
export function frozenOf({ frozen }: { readonly frozen: boolean }): TorchArgument {
  return keyword("frozen", flag(frozen), "False");
}

/** A pair as Python has it: one number when both are the same. */
export function pair([first, second]: readonly [number, number]): TorchValue {
  return first === second ? first : `(${first}, ${second})`;
}

/** A flag as Python has it. */
export function flag(value: boolean): TorchValue {
  return value ? "True" : "False";
}

/** Padding in pixels: a number or a pair when both sides have it, else all four sides. */
export function sides([top, bottom, left, right]: Padding): TorchValue {
  return top === bottom && left === right
    ? pair([top, left])
    : `(${top}, ${bottom}, ${left}, ${right})`;
}
